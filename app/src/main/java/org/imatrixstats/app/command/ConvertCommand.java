package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

import org.imatrixstats.app.option.OutputOptions;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.combine.Convert;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;

public final class ConvertCommand extends Command {
    private final Supplier<Path> file = parameter("IN", Path.class, "importance matrix to convert");
    private final OutputOptions output = include(new OutputOptions());
    private final Console console;

    public ConvertCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats convert IN -o OUT [options]") //
                .header("Write an importance matrix in another container.") //
                .description("", "Whatever the container can hold is kept as it is; what it cannot hold is said.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats convert imatrix.gguf -o imatrix.dat                    for ik_llama.cpp",
                        "  imatrix-stats convert imatrix.dat -o imatrix.gguf --chunk-size 512   for llama.cpp");
    }

    @Override
    public Integer call() throws IOException {
        output.validate(List.of(), commandLine());
        try (Imatrix imatrix = ImatrixReader.open(file.get())) {
            output.write(Convert.convert(imatrix, output.chunkSize(), output.tolerance(), output.format()), console);
        }
        return ExitCode.DONE;
    }
}
