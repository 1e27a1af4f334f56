package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.option.OutputOptions;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.imatrix.Content;
import org.imatrixstats.combine.Convert;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixException;

public final class ConvertCommand extends Command {
    public static final String SUMMARY = "Convert an importance matrix to another container.";

    private final Supplier<Path> file = parameter("IN", Path.class, "importance matrix to convert");
    private final Supplier<String> dataset = option("--dataset", "NAME", String.class,
            "name of the calibration text, for a file that names none: llama-quantize demands imatrix.datasets");
    private final OutputOptions output = include(new OutputOptions());
    private final Console console;

    public ConvertCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats convert IN -o OUT [options]") //
                .header(SUMMARY) //
                .description("", "Keeps everything that the target container can hold and warns about the rest.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats convert imatrix.gguf -o imatrix.dat                    for ik_llama.cpp",
                        "  imatrix-stats convert imatrix.dat -o imatrix.gguf --chunk-size 512   for llama.cpp",
                        "  imatrix-stats convert imatrix.gguf --dataset wiki.txt -o named.gguf   supplies a missing name");
    }

    @Override
    public Integer call() throws IOException {
        output.validate(commandLine());
        try (Imatrix imatrix = Inputs.imatrix(file.get(), console)) {
            Content converted = Convert.convert(imatrix, output.chunkSize(), output.tolerance(), output.format());
            output.write(dataset.get() == null ? converted : named(imatrix, converted), console);
        }
        return ExitCode.DONE;
    }

    private Content named(Imatrix imatrix, Content converted) throws IOException {
        if (!converted.datasets().isEmpty()) {
            throw new ImatrixException(imatrix.name(), "names its calibration texts already ("
                    + String.join(", ", converted.datasets()) + "): leave --dataset out");
        }
        return converted.withDatasets(List.of(dataset.get()));
    }
}
