package org.imatrixstats.app.command;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.input.KeptResults;
import org.imatrixstats.app.input.ModelInput;
import org.imatrixstats.app.input.ModelMeasurement;
import org.imatrixstats.app.input.PerplexityContext;
import org.imatrixstats.app.input.PerplexityRuns;
import org.imatrixstats.app.input.TensorMeasurement;
import org.imatrixstats.app.option.JournalOptions;
import org.imatrixstats.app.option.TextOutput;
import org.imatrixstats.app.option.ThreadsOption;
import org.imatrixstats.app.option.TimeSpan;
import org.imatrixstats.app.option.plan.BaseOption;
import org.imatrixstats.app.option.plan.DialectOption;
import org.imatrixstats.app.option.plan.NamedRecipe;
import org.imatrixstats.app.option.plan.ProgramNames;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.measure.MeasureReport;
import org.imatrixstats.app.output.measure.MeasureWriter;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.InputFiles;
import org.imatrixstats.check.ModelFit;
import org.imatrixstats.error.ErrorPlan;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.Sources;
import org.imatrixstats.journal.SignalHook;
import org.imatrixstats.measure.Evaluation;
import org.imatrixstats.measure.Grouping;
import org.imatrixstats.measure.KlDivergence;
import org.imatrixstats.measure.KldPoint;
import org.imatrixstats.measure.KldResults;
import org.imatrixstats.measure.MeasureJournal;
import org.imatrixstats.measure.MeasurePlan;
import org.imatrixstats.measure.WorkFolder;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.QuantizeOptions;

import picocli.CommandLine.ParameterException;

public final class MeasureCommand extends Command {
    public static final String SUMMARY = "Measure the KL divergence that quantizing each tensor costs, with llama-perplexity.";
    private static final String END_OF_OPTIONS = "--";
    private static final String PROBE = "q3_K";
    private static final String PROGRAM = "llama-perplexity";
    private static final String WORK = ".work";
    /** What llama-perplexity is told here. */
    private static final List<String> OURS = List.of("-m", "--model", "-f", "--file", "--kl-divergence",
            "--kl-divergence-base", "--save-all-logits", "--ppl-stride", "--hellaswag", "--winogrande",
            "--multiple-choice", "-bf", "--binary-file");

    private final Supplier<List<String>> arguments = optionalParameters("MODEL [-- ARGS]", String.class,
            "the original model (GGUF), and arguments for llama-perplexity, such as -ngl 99 -c 512 --chunks 100");
    private final Supplier<Path> imatrixPath = option("--imatrix", "FILE", Path.class,
            "the importance matrix to quantize with");
    private final Supplier<Path> text = option("--text", "FILE", Path.class,
            "text to evaluate: not the calibration text, which gives too good figures");
    private final Supplier<String> program = option("--llama-perplexity", "PATH", String.class, PROGRAM,
            "the program (default: ${DEFAULT-VALUE} on the search path)");
    private final Supplier<String> type = option("--type", "TYPE", String.class, PROBE,
            "the type in which each group is measured (default: ${DEFAULT-VALUE})");
    private final Supplier<Grouping> groups = option("--groups", "GROUPING", Grouping.class, "tensor",
            "what is changed at once: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}; block: attention or FFN of a"
                    + " layer)");
    private final Supplier<List<String>> recipes = manyValues("--recipe", "FILE|MIX", String.class,
            "measure whole models instead: recipes (what 'recipe' writes, or files of rules) and standard mixes such as Q4_K_M");
    private final Supplier<String> base = choice("--base", "FTYPE", "Q8_0", BaseOption::names,
            "base type of recipes that name none (default: ${DEFAULT-VALUE})");
    private final Supplier<String> llamaQuantize = option("--llama-quantize", "PATH", String.class,
            "quantize with this program (default: imatrix-stats does it)");
    private final Supplier<Path> kept = option("--results", "FILE", Path.class,
            "keep measured models in this CSV; what is there already is not measured again");
    private final Supplier<List<Path>> imported = repeated("--import", "FILE", Path.class,
            "add what others measured: the log of a run of llama-perplexity, or a CSV with name,bpw,kld; may be repeated");
    private final DialectOption dialect = include(new DialectOption());
    private final Supplier<Path> workPath = option("--work", "FOLDER", Path.class,
            "for a copy of the model and the logits of the original (default: beside the output, its name with .work)");
    private final Supplier<Boolean> keepWork = flag("--keep-work", "keep the work folder, for the next measurement");
    private final JournalOptions job = include(new JournalOptions());
    private final Supplier<TimeSpan> timeout = option("--timeout", "TIME", TimeSpan.class, new TimeSpan.Converter(),
            "end a run of llama-perplexity after this time, such as 90s or 15m (default: 10 times the first run)");
    private final Supplier<Boolean> dryRun = flag("--dry-run",
            "say how many runs there are, how long they will take and how much disk they need, and stop");
    private final Supplier<Boolean> all = flag("--all", "in a table: all tensors, not a row for each kind");
    private final TextOutput output = include(TextOutput.of(
            List.of(OutputFormat.TABLE, OutputFormat.CSV, OutputFormat.JSON, OutputFormat.MARKDOWN)));
    private final ThreadsOption threads = include(new ThreadsOption());
    private final Console console;

    public MeasureCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats measure MODEL --text FILE [options] [-- ARGS]",
                "       imatrix-stats measure MODEL --text FILE --recipe FILE|MIX... [-- ARGS]",
                "       imatrix-stats measure --merge PART... [-o FILE]",
                "       imatrix-stats measure --import FILE [--results FILE]") //
                .header(SUMMARY) //
                .description("",
                        "Changes one tensor (or group) at a time in a copy of the model and compares the copy with the"
                                + " original. The model itself is never written. 'recipe --sensitivity' uses the result.",
                        "With --recipe, quantizes the model by each recipe or standard mix, measures it and deletes it again.",
                        "Arguments after -- go to llama-perplexity.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats measure model-f16.gguf --imatrix i.gguf --text eval.txt -o losses.csv -- -ngl 99",
                        "  imatrix-stats measure model-f16.gguf --imatrix i.gguf --text eval.txt -o losses.csv --dry-run",
                        "  imatrix-stats measure model-f16.gguf --text eval.txt --groups layer --type q4_K",
                        "  imatrix-stats measure model-f16.gguf --text eval.txt -o losses.csv --resume  goes on",
                        "  imatrix-stats measure model-f16.gguf --text eval.txt --part 2/8 -o losses.2.part",
                        "  imatrix-stats measure --merge losses.*.part -o losses.csv",
                        "  imatrix-stats recipe i.gguf --model model-f16.gguf --sensitivity losses.csv --target-bpw 4",
                        "  imatrix-stats measure model-f16.gguf --imatrix i.gguf --text eval.txt --recipe best.json Q4_K_M",
                        "  imatrix-stats measure --import q4.log --results kld.csv");
    }

    @Override
    public Integer call() throws IOException {
        if (!job.merged().isEmpty()) {
            return merge();
        }
        if (arguments.get().isEmpty() && !imported.get().isEmpty()) {
            output.validate(console, commandLine());
            requireOtherOutput();
            return write(new MeasureReport(null, 0, List.of(), new KeptResults(kept.get()).add(imported())));
        }
        validate();
        requireOtherOutput();
        if (recipes.get().isEmpty() && !dryRun.get()) {
            // Before the model is read, which takes long. The journal is looked at again once the folder is locked.
            EarlierResults.goOn(journalFile(), MeasureJournal.KIND, job);
        }
        Dialect dialectUsed = dialect.orLlamaCpp();
        try (GgufModel source = model();
                Imatrix imatrix = imatrixPath.get() == null ? null : Inputs.imatrix(imatrixPath.get(), console)) {
            PerplexityContext.warning(source, passed()).ifPresent(console::warn);
            return recipes.get().isEmpty()
                    ? perTensor(source, dialectUsed, Optional.ofNullable(imatrix))
                    : models(source, dialectUsed, Optional.ofNullable(imatrix));
        }
    }

    // ---- usage

    private String modelName() {
        return arguments.get().getFirst();
    }

    /** What follows the model goes to llama-perplexity. */
    private List<String> passed() {
        return arguments.get().subList(1, arguments.get().size());
    }

    private void validate() throws IOException {
        List<String> given = commandLine().getParseResult().originalArgs();
        int end = given.indexOf(END_OF_OPTIONS);
        int passed = end < 0 ? 0 : given.size() - end - 1;
        require(commandLine(), arguments.get().size() > passed, "missing MODEL: name the original model");
        require(commandLine(), arguments.get().size() == passed + 1,
                "expected one MODEL, got " + (arguments.get().size() - passed)
                        + "; arguments of llama-perplexity come after --");
        passed().stream().filter(OURS::contains).findFirst().ifPresent(option -> {
            throw new ParameterException(commandLine(),
                    option + " cannot be given to llama-perplexity: measure sets it");
        });
        require(commandLine(), text.get() != null, "missing --text: name a text to evaluate");
        List<Path> inputs = new ArrayList<>(List.of(Path.of(modelName())));
        if (recipes.get().isEmpty()) {
            refuseAny(commandLine(), "needs --recipe", "--results", "--import", "--llama-quantize", "--base");
        } else {
            refuseAny(commandLine(), "cannot be combined with --recipe", "--type", "--groups", "--resume", "--part",
                    "--all");
            recipes.get().stream().map(Path::of).filter(Files::exists).forEach(inputs::add);
        }
        job.validate(output, inputs, console, commandLine());
        if (!Files.isRegularFile(text.get())) {
            throw new FormatException(text.get(),
                    (Files.exists(text.get()) ? "is not a file" : "no such file") + ", expected a text");
        }
        requireProgram(program.get(), "--llama-perplexity");
        if (llamaQuantize.get() != null) {
            requireProgram(llamaQuantize.get(), "--llama-quantize");
        }
    }

    /** Before a model is hashed, copied and quantized in vain. */
    private static void requireProgram(String program, String option) throws IOException {
        if (program.contains("/") || program.contains(File.separator)) {
            if (!Files.isExecutable(Path.of(program)) || Files.isDirectory(Path.of(program))) {
                throw new FormatException(program,
                        (Files.exists(Path.of(program)) ? "is not a program" : "no such file")
                                + ", expected the path of the program (" + option + ")");
            }
            return;
        }
        String folders = Objects.requireNonNullElse(System.getenv("PATH"), "");
        for (String folder : folders.split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(folder, program)) || Files.isExecutable(Path.of(folder, program + ".exe"))) {
                return;
            }
        }
        throw new IOException(program + " is not on the search path: name it with " + option + " PATH");
    }

    /** Also if neither is there yet: the report would be written over what was kept. */
    private void requireOtherOutput() {
        require(commandLine(), !output.toFile() || kept.get() == null
                || !kept.get().toAbsolutePath().normalize().equals(output.file().toAbsolutePath().normalize()),
                "--output and --results are both " + output.file() + ": name two files");
    }

    /** The model, which llama-perplexity opens by its path. */
    private GgufModel model() throws IOException {
        if (Sources.isRemote(modelName())) {
            throw new FormatException(modelName(), "is not on this machine: llama-perplexity needs a local file");
        }
        if (InputFiles.isPacked(Path.of(modelName()))) {
            throw new FormatException(modelName(), "is compressed: llama-perplexity needs it unpacked");
        }
        return ModelInput.gguf(Path.of(modelName()), console);
    }

    // ---- losses of tensors

    private int perTensor(GgufModel source, Dialect dialectUsed, Optional<Imatrix> imatrix) throws IOException {
        if (imatrix.isPresent()) {
            Inputs.requireFit(ModelFit.of(imatrix.get(), QuantizeOptions.sizes(imatrix.get()), source.tensors(),
                    dialectUsed), source.name(), console);
        }
        MeasurePlan plan = plan(source, dialectUsed, imatrix);
        TensorMeasurement measurement = new TensorMeasurement(source, plan, dialectUsed, imatrix, runs(source),
                threads.count(), console);
        if (dryRun.get()) {
            return dryRun(source, plan);
        }
        Path journalFile = journalFile();
        String digest = plan.digest(imatrix, threads.count());
        SortedMap<Integer, KlDivergence> results = new ConcurrentSkipListMap<>();
        List<Integer> own = own(plan);
        EarlierResults earlier = new EarlierResults(journalFile, MeasureJournal.KIND,
                () -> (int) own.stream().filter(results::containsKey).count(), own.size(), "groups");
        // First the folder, which one measurement at a time may use: the journal of another that runs must stay as it is.
        try (WorkFolder work = WorkFolder.open(workFolder())) {
            try (MeasureJournal journal = journal(journalFile, digest, plan, results);
                    SignalHook _ = console.onSignal(() -> earlier.interrupted() + kept(work))) {
                List<Integer> wanted = own.stream().filter(number -> !results.containsKey(number)).toList();
                if (!wanted.isEmpty()) {
                    run(measurement, wanted, work, journal, results, earlier);
                }
            }
            if (!job.isPart()) {
                write(new MeasureJournal.Content(digest, plan, results, 0));
                Files.deleteIfExists(journalFile);
            }
            if (!keepWork.get()) {
                work.clear();
            }
        }
        return ExitCode.DONE;
    }

    private void run(TensorMeasurement measurement, List<Integer> wanted, WorkFolder work, MeasureJournal journal,
            SortedMap<Integer, KlDivergence> results, EarlierResults earlier) throws IOException {
        try {
            measurement.run(wanted, work, journal, results);
        } catch (IOException e) {
            console.sayLine(earlier.kept());
            throw e;
        }
    }

    /** Without an output, the journal is in the work folder. */
    private Path journalFile() {
        return output.toFile() ? job.journal(output) : WorkFolder.journal(workFolder());
    }

    /** What is said of the work folder when a signal ends a measurement. */
    private static String kept(WorkFolder work) {
        try {
            return work.tidy() ? ". " + work.copy().getParent() + " is kept for the next run" : "";
        } catch (IOException e) {
            // The process is ending: what is there stays.
            return "";
        }
    }

    private MeasurePlan plan(GgufModel source, Dialect dialectUsed, Optional<Imatrix> imatrix) throws IOException {
        GgmlType probe = new ProgramNames(dialectUsed, commandLine()).get("--type", () -> dialectUsed.type(type.get()));
        require(commandLine(), ErrorPlan.isMeasurable(probe), "--type: " + dialectUsed.nameOf(probe)
                + " cannot be measured: it is not quantized to, or interleaves the rows of another type");
        MeasurePlan.Inputs inputs = inputs(source, dialectUsed, imatrix, groups.get().toString());
        List<String> without = new ArrayList<>();
        MeasurePlan plan = MeasurePlan.of(inputs, groups.get(), Model.of(source), probe, dialectUsed, imatrix,
                without);
        if (plan.groups().isEmpty()) {
            throw new FormatException(source.name(), "has no tensor that can be measured in " + type.get()
                    + (without.isEmpty() ? "" : ": " + without.getFirst()));
        }
        without.forEach(each -> console.warn("not measured: " + each));
        return plan;
    }

    private MeasurePlan.Inputs inputs(GgufModel source, Dialect dialectUsed, Optional<Imatrix> imatrix, String grouping)
            throws IOException {
        return new MeasurePlan.Inputs(source.name(), imatrix.map(Imatrix::name).orElse(""), text.get().toString(),
                dialectUsed.name(), grouping, Evaluation.digest(source, text.get(), passed()));
    }

    private MeasureJournal journal(Path file, String digest, MeasurePlan plan,
            SortedMap<Integer, KlDivergence> results) throws IOException {
        if (!EarlierResults.goOn(file, MeasureJournal.KIND, job)) {
            return MeasureJournal.create(file, digest, plan);
        }
        MeasureJournal.Content content = MeasureJournal.read(file);
        if (!content.digest().equals(digest)) {
            throw EarlierResults.ofOther(file, plan.since(content.plan()), "the content of the model, of the importance"
                    + " matrix or of the text, the arguments of llama-perplexity,");
        }
        results.putAll(content.results());
        console.say(results.size() + " of " + plan.groups().size() + " groups are done\n");
        return MeasureJournal.append(file, content);
    }

    /** The programs take the first part of a split model, whichever the user named. */
    private PerplexityRuns runs(GgufModel source) {
        return new PerplexityRuns(Path.of(source.parts().getFirst().source().name()), program.get(), text.get(),
                passed(),
                Optional.ofNullable(timeout.get()).map(TimeSpan::duration), console);
    }

    private Path workFolder() {
        if (workPath.get() != null) {
            return workPath.get();
        }
        Path beside = output.file() != null ? output.file() : kept.get();
        return beside == null
                ? Path.of("imatrix-stats-measure" + WORK)
                : beside.resolveSibling(beside.getFileName() + WORK);
    }

    /** The groups that this job measures. */
    private List<Integer> own(MeasurePlan plan) {
        return IntStream.range(0, plan.groups().size()).filter(job::has).boxed().toList();
    }

    private int dryRun(GgufModel source, MeasurePlan plan) throws IOException {
        int runs = own(plan).size();
        console.print(Numbers.count(runs, "run") + " of " + program.get() + " in " + type.get()
                + ", and one for the logits of the original\n"
                + runs(source).estimated(source, Files.size(Path.of(modelName())), "a copy of the model", runs));
        return ExitCode.DONE;
    }

    // ---- whole models

    private int models(GgufModel source, Dialect dialectUsed, Optional<Imatrix> imatrix) throws IOException {
        MeasurePlan.Inputs inputs = inputs(source, dialectUsed, imatrix, "");
        ModelMeasurement measurement = new ModelMeasurement(source, imatrix, Optional.ofNullable(imatrixPath.get()),
                inputs,
                Optional.ofNullable(llamaQuantize.get()), threads.count(), console);
        List<ModelMeasurement.Planned> planned = new ArrayList<>();
        for (String recipe : recipes.get()) {
            planned.add(measurement.plan(NamedRecipe.of(recipe, dialect.given(), base.get())));
        }
        KeptResults named = new KeptResults(kept.get());
        List<KldPoint> points = new ArrayList<>(imported());
        if (dryRun.get()) {
            return dryRunModels(source, planned);
        }
        PerplexityRuns runs = runs(source);
        AtomicInteger done = new AtomicInteger();
        try (WorkFolder work = WorkFolder.open(workFolder());
                SignalHook _ = console.onSignal(() -> interrupted(modelsDone(done.get(), planned.size(), work))
                        + kept(work))) {
            KeptResults results = kept.get() == null ? new KeptResults(work.results()) : named;
            WorkFolder.Base base = null;
            try {
                for (int i = 0; i < planned.size(); i++) {
                    Optional<KldPoint> known = results.find(measurement.point(planned.get(i), null));
                    if (known.isPresent()) {
                        String name = planned.get(i).recipe().name();
                        console.say(known.get().name().equals(name)
                                ? name + " is in " + resultsFile(work) + " already\n"
                                : name + " has the types of " + known.get().name() + ", which was measured\n");
                        points.add(measurement.point(planned.get(i), known.get().result()));
                    } else {
                        base = base == null ? runs.base(inputs.evaluation(), work) : base;
                        points.add(measurement.measure(i + 1, planned.get(i), work, runs, base));
                        results.add(List.of(points.getLast()));
                    }
                    done.incrementAndGet();
                }
            } catch (IOException e) {
                console.sayLine(modelsDone(done.get(), planned.size(), work));
                throw e;
            }
            named.add(points);
            write(new MeasureReport(inputs, 0, List.of(), points));
            if (!keepWork.get()) {
                work.clear();
            }
        }
        return ExitCode.DONE;
    }

    private Path resultsFile(WorkFolder work) {
        return kept.get() == null ? work.results() : kept.get();
    }

    /** Where the results are, and how to go on; empty if there are none. */
    private String modelsDone(int done, int all, WorkFolder work) {
        return done == 0
                ? ""
                : "The results of " + done + " of " + all + " models are in " + resultsFile(work)
                        + ": the same command goes on from there";
    }

    private static String interrupted(String done) {
        return done.isEmpty() ? "stopped before the first result" : "stopped. " + done;
    }

    private List<KldPoint> imported() throws IOException {
        List<KldPoint> points = new ArrayList<>();
        for (Path file : imported.get()) {
            String name = file.getFileName().toString().replaceFirst("\\.[a-z]+$", "");
            try (ByteSource source = console.files().open(file)) {
                points.addAll(KldResults.imported(source, name));
            }
        }
        return points;
    }

    private int dryRunModels(GgufModel source, List<ModelMeasurement.Planned> planned) throws IOException {
        StringBuilder said = new StringBuilder(Numbers.count(planned.size(), "model") + " to quantize and measure\n");
        for (ModelMeasurement.Planned each : planned) {
            said.append("  ").append(each.recipe().name()).append(": ")
                    .append(Numbers.bytes(each.plan().quantBytes())).append(", ")
                    .append(Numbers.fixed(each.plan().bitsPerWeight(), 4)).append(" bpw\n");
        }
        long largest = planned.stream().mapToLong(each -> each.plan().quantBytes()).max().orElse(0);
        console.print(said + runs(source).estimated(source, largest, "the largest model", planned.size()));
        return ExitCode.DONE;
    }

    private int merge() throws IOException {
        require(commandLine(), arguments.get().isEmpty(), "--merge takes part files only, not a model");
        output.validate(console, commandLine());
        MeasureJournal.Content first = null;
        for (Path file : job.merged()) {
            MeasureJournal.Content content = MeasureJournal.read(file);
            if (first == null) {
                first = content;
            } else if (!first.digest().equals(content.digest())) {
                throw new FormatException(file, "belongs to another measurement than " + job.merged().getFirst());
            } else {
                add(content, file, first);
            }
        }
        MeasurePlan plan = first.plan();
        for (int group = 0; group < plan.groups().size(); group++) {
            if (!first.results().containsKey(group)) {
                throw new FormatException(job.merged().getFirst(), "the parts lack "
                        + (plan.groups().size() - first.results().size()) + " of " + plan.groups().size()
                        + " groups, " + plan.groups().get(group).name()
                        + " first: a part is missing or was interrupted (run it again with --resume)");
            }
        }
        return write(first);
    }

    private void add(MeasureJournal.Content part, Path file, MeasureJournal.Content all) {
        part.results().forEach((group, result) -> {
            KlDivergence before = all.results().putIfAbsent(group, result);
            if (before != null && !before.equals(result)) {
                console.warn(file + ": " + all.plan().groups().get(group).name()
                        + " was measured by a part before it too: that result is used");
            }
        });
    }

    private int write(MeasureJournal.Content content) throws IOException {
        return write(new MeasureReport(content.plan().inputs(), content.plan().groups().size(), content.losses(),
                List.of()));
    }

    private int write(MeasureReport report) throws IOException {
        output.write(MeasureWriter.text(output.format(), report, output.terminal(console), all.get()), console);
        return ExitCode.DONE;
    }
}
