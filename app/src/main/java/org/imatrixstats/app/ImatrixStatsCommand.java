package org.imatrixstats.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command by its name alone, which understands the options of {@code llama-imatrix --show-statistics}. */
@Command(name = Cli.NAME, versionProvider = VersionProvider.class, mixinStandardHelpOptions = true, //
        synopsisSubcommandLabel = "COMMAND", sortOptions = false, usageHelpAutoWidth = false, //
        header = "Statistics of importance matrices (imatrix) of llama.cpp and ik_llama.cpp: which tensors, layers and"
                + " experts a calibration text exercised, and how much.", //
        footerHeading = "%nExamples:%n", //
        footer = {"  imatrix-stats stats imatrix.gguf",
            "  imatrix-stats stats imatrix.dat --level layer --format csv -o layers.csv",
            "  imatrix-stats --in-file imatrix.gguf --show-statistics     (as with llama-imatrix)", "",
            "Exit codes: 0 done; 1 a file could not be read, written or made sense of; 2 usage; 70 a bug."}, //
        subcommands = {StatsCommand.class, CompletionCommand.class})
final class ImatrixStatsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--in-file", paramLabel = "FILE", description = "importance matrix to read; may be repeated")
    private List<Path> inFiles = new ArrayList<>();

    @Option(names = "--show-statistics", description = "show the statistics of the files, as the command stats does")
    private boolean showStatistics;

    @Option(names = {"-m",
        "--model"}, paramLabel = "MODEL", description = "accepted because llama-imatrix demands it; not needed and not read")
    private Path model;

    @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "show where in the program an error arose")
    boolean stackTrace;

    @Mixin
    private StatsOptions options;

    final Cli cli;

    ImatrixStatsCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() throws IOException {
        if (!showStatistics) {
            throw new ParameterException(spec.commandLine(), inFiles.isEmpty()
                    ? "a command is missing"
                    : "nothing to do with --in-file: add --show-statistics");
        }
        if (inFiles.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--show-statistics needs --in-file FILE");
        }
        return options.show(inFiles, cli, spec.commandLine());
    }
}
