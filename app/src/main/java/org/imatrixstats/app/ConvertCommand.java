package org.imatrixstats.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.combine.Convert;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "convert", mixinStandardHelpOptions = true, sortOptions = false, //
        header = "Write an importance matrix in another container.", //
        description = {"", "Whatever the container can hold is kept as it is; what it cannot hold is said."}, //
        footerHeading = "%nExamples:%n", //
        footer = {"  imatrix-stats convert imatrix.gguf -o imatrix.dat                    for ik_llama.cpp",
            "  imatrix-stats convert imatrix.dat -o imatrix.gguf --chunk-size 512   for llama.cpp"})
final class ConvertCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "IN", description = "importance matrix to convert")
    private Path file;

    @Mixin
    private OutputOptions output;

    private final Cli cli;

    ConvertCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() throws IOException {
        try (Imatrix imatrix = ImatrixReader.open(file)) {
            output.write(Convert.convert(imatrix, output.chunkSize(spec.commandLine()), output.format()), cli);
        }
        return ExitCode.DONE;
    }
}
