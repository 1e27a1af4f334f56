package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.imatrixstats.app.option.TextOutput;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.inspect.InspectReport;
import org.imatrixstats.app.output.inspect.InspectSummary;
import org.imatrixstats.app.output.inspect.InspectWriter;
import org.imatrixstats.app.output.inspect.TensorRow;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Progress;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.model.ModelSummary;

public final class InspectCommand extends Command {
    public static final String SUMMARY = "Show what is in a model file: parameters, tensors, types, and the memory that it needs.";
    private static final int MOST_VALUES = 10_000;

    private final Supplier<List<Path>> files = parameters("FILE", Path.class,
            "models: GGUF (any part of a split one), safetensors, PyTorch (pth, pt, bin), an index, or a"
                    + " Hugging Face or Meta folder");
    private final Supplier<Boolean> all = flag("--all", "a row per tensor, not one for all layers");
    private final Supplier<Integer> values = option("--values", "N", Integer.class,
            "show the first N values of each tensor (implies --all)");
    private final Supplier<Boolean> keys = flag("--keys", "show the keys and values of a GGUF file");
    private final Supplier<Boolean> verify = flag("--verify",
            "read all data and compare checksums: checklist.chk of Meta folders, those in a checkpoint");
    private final Supplier<String> key = option("--key", "KEY", String.class,
            "where the tensors are in a PyTorch checkpoint (default: model, state_dict, model_state_dict, module, or the"
                    + " top)");
    private final TextOutput output = include(TextOutput.of(
            List.of(OutputFormat.TABLE, OutputFormat.JSON, OutputFormat.CSV, OutputFormat.MARKDOWN)));
    private final Console console;

    public InspectCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats inspect FILE... [options]") //
                .header(SUMMARY) //
                .description("",
                        "Only headers are read, and the values that are shown. A PyTorch checkpoint is read as data:"
                                + " nothing in it is executed.",
                        "Exit code 0: done; 1: a file is damaged or not a model; 3: a checkpoint names code that loading"
                                + " it with PyTorch may run, or --verify found a wrong checksum.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats inspect model.gguf                       parameters, layers, KV cache, tensors",
                        "  imatrix-stats inspect Llama-3.2-3B/                    a Meta or Hugging Face folder",
                        "  imatrix-stats inspect model.safetensors --values 4     each tensor with its first values",
                        "  imatrix-stats inspect model.gguf --keys                the keys and values too",
                        "  imatrix-stats inspect pytorch_model.bin --verify       compare checksums",
                        "  imatrix-stats inspect *.gguf --format json | jq '.models[].parameters'");
    }

    @Override
    public Integer call() throws IOException {
        require(commandLine(), values.get() == null || values.get() <= MOST_VALUES,
                "--values " + values.get() + ": at most " + MOST_VALUES);
        output.validate(console, commandLine());
        OutputFormat format = output.format();
        InspectWriter writer = InspectWriter.of(format, output.terminal(console), all.get() || values.get() != null);
        AtomicBoolean found = new AtomicBoolean();
        Batch batch = new Batch(files.get(), console, commandLine());
        batch.each(file -> ModelFile.list(file, key.get(), console.files()), this::report, report -> {
            writer.add(report);
            found.compareAndSet(false, report.failed());
            if (!format.isForPeople() || output.toFile()) {
                InspectSummary.warnings(report)
                        .forEach(warning -> console.warn(report.model().name() + ": " + warning));
            }
        });
        batch.requireAllFor(output.file());
        writer.failed(batch.errors());
        output.write(writer.text(), console);
        return batch.failed() ? ExitCode.FAILED : found.get() ? ExitCode.FOUND : ExitCode.DONE;
    }

    private InspectReport report(Path file, ModelFile model) throws IOException {
        return new InspectReport(file, model, ModelSummary.of(model),
                TensorRow.of(model, values.get() == null ? 0 : values.get()), keys.get(),
                verify.get() ? Optional.of(verified(model)) : Optional.empty());
    }

    private List<String> verified(ModelFile model) throws IOException {
        try (Progress progress = console.progress("checksums of " + model.name(),
                model.files().stream().mapToLong(ByteSource::size).sum())) {
            return model.verify(progress::advance);
        }
    }
}
