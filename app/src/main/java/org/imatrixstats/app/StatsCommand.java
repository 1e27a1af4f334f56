package org.imatrixstats.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "stats", mixinStandardHelpOptions = true, sortOptions = false, //
        header = "Show the statistics of importance matrices, a report per file.", //
        description = {"",
            "Reads GGUF and legacy (.dat) files, told by their content; gzip, xz, zstd and bzip2 files are"
                    + " unpacked on the fly."}, //
        footerHeading = "%nExamples:%n", //
        footer = {"  imatrix-stats stats imatrix.gguf                          tables by kind of tensor",
            "  imatrix-stats stats imatrix.gguf --kind 'ffn_*' --top 10  the ten highest robust z",
            "  imatrix-stats stats imatrix.gguf --level expert           experts of a MoE model",
            "  imatrix-stats stats imatrix.gguf --layout classic         the table of llama-imatrix",
            "  imatrix-stats stats a.gguf b.dat --format json            for programs",
            "  imatrix-stats stats imatrix.gguf -o stats.csv             for spreadsheets"})
final class StatsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "importance matrices to read")
    private List<Path> files;

    @Mixin
    private StatsOptions options;

    private final Cli cli;

    StatsCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() throws IOException {
        return options.show(files, cli, spec.commandLine());
    }
}
