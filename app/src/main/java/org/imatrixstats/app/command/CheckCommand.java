package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.input.ModelInput;
import org.imatrixstats.app.option.TextOutput;
import org.imatrixstats.app.option.ThreadsOption;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.check.CheckReport;
import org.imatrixstats.app.output.check.CheckWriter;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.check.ImatrixCheck;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.model.ModelFile;

public final class CheckCommand extends Command {
    public static final String SUMMARY = "Find problems in importance matrices before you spend hours on quantizing.";

    private final Supplier<List<Path>> files = parameters("FILE", Path.class, "importance matrices to check");
    private final Supplier<Path> model = option("--model", "MODEL", Path.class,
            "the model to be quantized (" + ModelInput.ACCEPTED
                    + "): do its tensors and those of FILE match? Its header"
                    + " is enough");
    private final Supplier<Integer> minTokens = option("--min-tokens", "N", Integer.class,
            Long.toString(ImatrixCheck.DEFAULT_MIN_TOKENS),
            "an expert with fewer tokens counts as rarely reached (default: ${DEFAULT-VALUE})");
    private final Supplier<Boolean> strict = flag("--strict", "exit with code 3 for warnings too");
    private final Supplier<Boolean> all = flag("--all",
            "list every place in a table, not only the first five of each code");
    private final TextOutput output = include(
            TextOutput.of(List.of(OutputFormat.TABLE, OutputFormat.JSON, OutputFormat.MARKDOWN)));
    private final ThreadsOption threads = include(new ThreadsOption());
    private final Console console;

    public CheckCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats check FILE... [options]") //
                .header(SUMMARY) //
                .description("",
                        "Exit code 0: no errors; 3: errors, or warnings with --strict; 1: a file cannot be read or is not an importance matrix.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats check imatrix.gguf                            the file by itself",
                        "  imatrix-stats check imatrix.gguf --model model.gguf         and whether it fits the model",
                        "  imatrix-stats check *.gguf --strict && ./quantize-all.sh    only if all are sound",
                        "  imatrix-stats check imatrix.gguf --format json              for programs");
    }

    @Override
    public Integer call() throws IOException {
        output.validate(console, commandLine());
        CheckWriter writer = CheckWriter.of(output.format(), output.terminal(console), all.get());
        List<CheckReport> reports = new ArrayList<>();
        Batch batch = new Batch(files.get(), console, commandLine());
        try (ModelFile header = model.get() == null ? null : ModelInput.open(model.get(), console)) {
            batch.each(file -> Inputs.imatrix(file, console),
                    (_, imatrix) -> check(imatrix, Optional.ofNullable(header)),
                    reports::add);
        }
        reports.forEach(writer::add);
        batch.requireAllFor(output.file());
        writer.failed(batch.errors());
        output.write(writer.text(), console);
        return batch.failed()
                ? ExitCode.FAILED
                : reports.stream().anyMatch(CheckReport::failed) ? ExitCode.FOUND : ExitCode.DONE;
    }

    private CheckReport check(Imatrix imatrix, Optional<ModelFile> header) throws IOException {
        return new CheckReport(imatrix.name(), ImatrixCheck.findings(imatrix, minTokens.get(), header,
                threads.count()), strict.get());
    }
}
