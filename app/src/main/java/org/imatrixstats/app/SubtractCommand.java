package org.imatrixstats.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

import org.imatrixstats.imatrix.combine.Subtract;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "subtract", mixinStandardHelpOptions = true, sortOptions = false, //
        header = "Take one run's contribution out of a merged or cumulative importance matrix.", //
        description = {"",
            "The snapshots of a run (llama-imatrix --save-frequency) are cumulative: what the chunks between two"
                    + " of them contributed is the later less the earlier."}, //
        footerHeading = "%nExamples:%n", //
        footer = {"  imatrix-stats subtract both.gguf code.gguf -o prose.gguf",
            "  imatrix-stats subtract imatrix.gguf.at_20 imatrix.gguf.at_10 -o chunks-11-to-20.gguf"})
final class SubtractCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "TOTAL", description = "importance matrix to take from")
    private Path total;

    @Parameters(index = "1", paramLabel = "PART", description = "importance matrix that was added to it")
    private Path part;

    @Mixin
    private OutputOptions output;

    private final Cli cli;

    SubtractCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() throws IOException {
        try (Inputs inputs = Inputs.open(List.of(total, part))) {
            output.write(Subtract.subtract(inputs.imatrices().getFirst(), inputs.imatrices().getLast(),
                    output.chunkSize(spec.commandLine()), output.format()), cli);
        }
        return ExitCode.DONE;
    }
}
