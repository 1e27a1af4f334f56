package org.imatrixstats.app;

import java.io.IOException;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command by its name alone, which understands the options of {@code llama-imatrix --show-statistics}. */
@Command(name = Cli.NAME, versionProvider = VersionProvider.class, mixinStandardHelpOptions = true, //
        synopsisSubcommandLabel = "COMMAND", sortOptions = false, //
        header = "Statistics of importance matrices (imatrix) of llama.cpp and ik_llama.cpp: which tensors, layers and"
                + " experts a calibration text exercised, and how much.", //
        commandListHeading = "%nCommands:%n", //
        footerHeading = "%nExamples:%n", //
        footer = {"  imatrix-stats stats imatrix.gguf",
            "  imatrix-stats stats imatrix.dat --level layer --format csv -o layers.csv",
            "  imatrix-stats check imatrix.gguf --model model.gguf        before quantizing",
            "  imatrix-stats --in-file imatrix.gguf --show-statistics     (as with llama-imatrix)", "",
            "Exit codes: 0 done; 1 a file could not be read, written or made sense of; 2 usage; 3 check found"
                    + " errors; 70 a bug."})
final class ImatrixStatsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "show where in the program an error arose")
    private boolean stackTrace;

    private final Cli cli;
    private final LlamaImatrixOptions llamaImatrix = new LlamaImatrixOptions();

    ImatrixStatsCommand(Cli cli) {
        this.cli = cli;
    }

    boolean stackTrace() {
        return stackTrace;
    }

    LlamaImatrixOptions llamaImatrix() {
        return llamaImatrix;
    }

    @Override
    public Integer call() throws IOException {
        if (!llamaImatrix.showStatistics) {
            throw new ParameterException(spec.commandLine(), llamaImatrix.inFiles.isEmpty()
                    ? "a command is missing"
                    : "nothing to do with --in-file: add --show-statistics");
        }
        if (llamaImatrix.inFiles.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--show-statistics needs --in-file FILE");
        }
        return llamaImatrix.options.show(llamaImatrix.inFiles, cli, spec.commandLine());
    }
}
