package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.option.OutputOptions;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.combine.Subtract;

public final class SubtractCommand extends Command {
    public static final String SUMMARY = "Remove one run's contribution from a merged or cumulative importance matrix.";

    private final Supplier<Path> total = parameter("TOTAL", Path.class, "importance matrix to subtract from");
    private final Supplier<Path> part = parameter("PART", Path.class, "importance matrix that it contains");
    private final OutputOptions output = include(new OutputOptions());
    private final Console console;

    public SubtractCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats subtract TOTAL PART -o OUT [options]") //
                .header(SUMMARY) //
                .description("",
                        "The snapshots of a run (llama-imatrix --save-frequency) are cumulative. Subtract an earlier one from a later one to get the chunks between them.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats subtract both.gguf code.gguf -o prose.gguf",
                        "  imatrix-stats subtract imatrix.gguf.at_20 imatrix.gguf.at_10 -o chunks-11-to-20.gguf");
    }

    @Override
    public Integer call() throws IOException {
        output.validate(commandLine());
        try (Inputs inputs = Inputs.open(List.of(total.get(), part.get()), console)) {
            output.write(Subtract.subtract(inputs.imatrices().getFirst(), inputs.imatrices().getLast(),
                    output.chunkSize(), output.tolerance(), output.format()), console);
        }
        return ExitCode.DONE;
    }
}
