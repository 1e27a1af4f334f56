package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.imatrixstats.app.engine.ErrorEngine;
import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.option.JournalOptions;
import org.imatrixstats.app.option.RowSample;
import org.imatrixstats.app.option.TextOutput;
import org.imatrixstats.app.option.plan.DialectOption;
import org.imatrixstats.app.option.plan.ProgramNames;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.error.ErrorReport;
import org.imatrixstats.app.output.error.ErrorWriter;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Progress;
import org.imatrixstats.check.ModelFit;
import org.imatrixstats.error.ErrorFold;
import org.imatrixstats.error.ErrorInputs;
import org.imatrixstats.error.ErrorJournal;
import org.imatrixstats.error.ErrorPlan;
import org.imatrixstats.error.ErrorResults;
import org.imatrixstats.error.ErrorTask;
import org.imatrixstats.error.Sampling;
import org.imatrixstats.ggml.Codecs;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.journal.SignalHook;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.tensor.TensorSource;

public final class ErrorCommand extends Command {
    public static final String SUMMARY = "Measure what each type costs each tensor.";

    private final Supplier<Path> modelPath = optionalParameter("MODEL", Path.class,
            "the model (GGUF, safetensors or PyTorch: a file, any part of a split one, or a folder)");
    private final Supplier<Path> imatrixPath = option("--imatrix", "FILE", Path.class,
            "the importance matrix: weights the columns, for the quantizers and in E");
    private final Supplier<List<String>> types = commaSeparated("--types", "TYPE",
            "types to measure (default: all that the program can write, as far as they fit the tensor)");
    private final DialectOption dialect = include(new DialectOption());
    private final Supplier<RowSample> sample = option("--rows", "N|P%", RowSample.class, new RowSample.Converter(),
            "rows to read of each matrix: a number or a share (default: all of a small model, else so many that "
                    + "a model of 8 billion weights takes minutes)");
    private final Supplier<Boolean> full = flag("--full", "read all rows");
    private final Supplier<String> level = choice("--level", "LEVEL", List.of("tensor", "expert"),
            "tensor, or expert: a row for each expert too (default: tensor)");
    private final JournalOptions job = include(new JournalOptions());
    private final Supplier<String> shownType = option("--plot", "TYPE", String.class,
            "in a table: a map of E in this type by layer and kind, and E by bits per weight");
    private final Supplier<Boolean> all = flag("--all", "in a table: all tensors, not a row for each kind");
    private final TextOutput output = include(TextOutput.of(
            List.of(OutputFormat.TABLE, OutputFormat.CSV, OutputFormat.JSON, OutputFormat.MARKDOWN)));
    private final ErrorEngine engine;
    private final Console console;

    /** @param engine where the measurement runs */
    public ErrorCommand(Console console, ErrorEngine engine) {
        this.console = console;
        this.engine = include(engine);
        String program = engine.program();
        help().customSynopsis(program + " MODEL [--imatrix FILE] [options]",
                "       " + program + " --merge PART... [-o FILE]") //
                .header(SUMMARY) //
                .description("",
                        "Quantizes each tensor to each type and compares the result with the original. E is the weighted"
                                + " relative squared error. Without --full, rows are sampled and each E has a standard error.",
                        "The figures do not depend on threads, parts or interruptions.") //
                .footerHeading("%nExamples:%n") //
                .footer("  " + program + " model-f16.gguf --imatrix imatrix.gguf -o errors.csv",
                        "  " + program + " model-f16.gguf --imatrix i.gguf --types q3_K,iq3_s,q4_K --full",
                        "  " + program + " model-f16.gguf --rows 5% --plot q3_K         a map in the terminal",
                        "  " + program + " model-f16.gguf -o errors.csv --resume        after an interruption",
                        "  " + program + " model-f16.gguf --part 2/8 -o errors.2.part   one of eight jobs",
                        "  " + program + " --merge errors.*.part -o errors.csv          and all together",
                        "  imatrix-stats recipe i.gguf --model model-f16.gguf --errors errors.csv --target-bpw 4");
    }

    @Override
    public Integer call() throws IOException {
        if (!job.merged().isEmpty()) {
            return merge();
        }
        require(commandLine(), modelPath.get() != null, "missing MODEL: name the model to measure");
        validate();
        if (output.toFile()) {
            // Before the model is read, which takes long. The journal is looked at again when it is opened.
            EarlierResults.goOn(job.journal(output), ErrorJournal.KIND, job);
        }
        Dialect program = dialect.orLlamaCpp();
        List<GgmlType> wanted = types(program);
        try (ModelFile file = ModelFile.open(modelPath.get(), console.files());
                TensorSource model = file.asConverted();
                Imatrix imatrix = imatrixPath.get() == null ? null : Inputs.imatrix(imatrixPath.get(), console)) {
            Model.requireModel(file);
            if (imatrix != null) {
                Inputs.requireFit(ModelFit.of(imatrix, QuantizeOptions.sizes(imatrix), model.tensors(), program),
                        model.name(), console);
            }
            ErrorInputs inputs = new ErrorInputs(model, imatrix, program);
            ErrorPlan plan = ErrorPlan.of(inputs, wanted, sampling(model, wanted.size()));
            if (plan.tasks().isEmpty()) {
                throw new FormatException(model.name(),
                        "has no tensor that " + program + " would quantize to these types" + demand(wanted, imatrix));
            }
            console.say(ErrorReport.announcement(plan) + "\n");
            if (output.toFile() || output.format() != OutputFormat.TABLE) {
                ErrorReport.notes(plan).forEach(note -> console.say(note + "\n"));
            }
            ErrorEngine.Measured measured = new ErrorEngine.Measured(modelPath.get(), imatrixPath.get(), inputs);
            return measure(measured, plan);
        }
    }

    private void validate() throws IOException {
        job.validate(output, List.of(), console, commandLine());
        require(commandLine(), !job.resumes() || output.toFile(),
                "--resume needs --output: the journal stands beside it");
        require(commandLine(), !full.get() || sample.get() == null, "--full and --rows exclude each other");
    }

    private List<GgmlType> types(Dialect program) {
        if (types.get().isEmpty()) {
            return ErrorPlan.typesOf(program);
        }
        List<GgmlType> wanted = new ArrayList<>();
        for (String name : types.get()) {
            GgmlType type = new ProgramNames(program, commandLine()).get("--types", () -> program.type(name));
            require(commandLine(), ErrorPlan.isMeasurable(type), "--types: " + program.nameOf(type)
                    + " cannot be measured: it is not quantized to, or interleaves the rows of another type");
            wanted.add(type);
        }
        return wanted.stream().distinct().sorted().toList();
    }

    private static String demand(List<GgmlType> wanted, Imatrix imatrix) {
        return imatrix == null && wanted.stream().anyMatch(type -> Codecs.of(type).requiresWeights())
                ? " without an importance matrix: give --imatrix"
                : "";
    }

    private Sampling sampling(TensorSource model, int typeCount) {
        if (full.get()) {
            return new Sampling.Full();
        }
        return sample.get() != null ? sample.get().sampling() : Sampling.ofDefault(model, typeCount);
    }

    private int measure(ErrorEngine.Measured measured, ErrorPlan plan) throws IOException {
        Path file = job.journal(output);
        ErrorFold fold = new ErrorFold(plan);
        List<ErrorTask> own = plan.tasks().stream().filter(task -> job.has(task.number())).toList();
        EarlierResults results = new EarlierResults(file, ErrorJournal.KIND,
                () -> (int) own.stream().filter(task -> fold.has(task.number())).count(), own.size(), "tasks");
        try (ErrorJournal journal = file == null ? null : journal(file, measured, plan, fold);
                SignalHook _ = console.onSignal(results::interrupted)) {
            run(measured, own.stream().filter(task -> !fold.has(task.number())).toList(), fold, journal, results);
            if (!job.isPart()) {
                write(plan, fold);
            }
        }
        if (!job.isPart() && file != null) {
            Files.deleteIfExists(file);
        }
        return ExitCode.DONE;
    }

    private ErrorJournal journal(Path file, ErrorEngine.Measured measured, ErrorPlan plan, ErrorFold fold)
            throws IOException {
        String digest = plan.digest(measured.inputs(), engine.threads());
        if (!EarlierResults.goOn(file, ErrorJournal.KIND, job)) {
            return ErrorJournal.create(file, digest, plan);
        }
        ErrorJournal.Content content = ErrorJournal.read(file);
        if (!content.digest().equals(digest)) {
            throw EarlierResults.ofOther(file, plan.since(content.plan()),
                    "the content of the model or of the importance matrix,");
        }
        fold.addAll(content.fold());
        console.say((plan.tasks().size() - fold.missing()) + " of " + plan.tasks().size() + " tasks are done\n");
        return ErrorJournal.append(file, content);
    }

    private void run(ErrorEngine.Measured measured, List<ErrorTask> tasks, ErrorFold fold, ErrorJournal journal,
            EarlierResults results) throws IOException {
        long work = tasks.stream().mapToLong(ErrorTask::work).sum();
        try (Progress progress = console.progress("measuring", work, Progress.Unit.VALUES)) {
            engine.run(measured, tasks, new ErrorResults(fold, journal, progress::advance));
        } catch (IOException e) {
            console.sayLine(results.kept());
            throw e;
        }
    }

    private int merge() throws IOException {
        require(commandLine(), modelPath.get() == null, "--merge takes part files only, not a model");
        output.validate(console, commandLine());
        ErrorJournal.Content first = null;
        for (Path file : job.merged()) {
            ErrorJournal.Content content = ErrorJournal.read(file);
            if (first == null) {
                first = content;
            } else if (!first.digest().equals(content.digest())) {
                throw new FormatException(file, "belongs to another measurement than " + job.merged().getFirst());
            } else {
                add(content.fold(), file, first.fold());
            }
        }
        if (first.fold().missing() > 0) {
            throw new FormatException(job.merged().getFirst(),
                    "the parts lack " + first.fold().missing() + " of "
                            + first.plan().tasks().size() + " tasks, task " + first.fold().firstMissing()
                            + " first: a part is missing or was interrupted (run it again with --resume)");
        }
        write(first.plan(), first.fold());
        return ExitCode.DONE;
    }

    private static void add(ErrorFold part, Path file, ErrorFold all) throws FormatException {
        try {
            all.addAll(part);
        } catch (IllegalArgumentException e) {
            throw new FormatException(file, e.getMessage() + ", here and in a part before it: measure both again", e);
        }
    }

    private void write(ErrorPlan plan, ErrorFold fold) throws IOException {
        ErrorReport report = new ErrorReport(plan, fold.errors("expert".equals(level.get())));
        output.write(ErrorWriter.text(output.format(), report, output.terminal(console), all.get(), shownType.get()),
                console);
    }
}
