package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.imatrixstats.app.option.TextOutput;
import org.imatrixstats.app.option.ThreadsOption;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.weights.ReviewMetrics;
import org.imatrixstats.app.output.weights.WeightsReport;
import org.imatrixstats.app.output.weights.WeightsWriter;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Progress;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.plan.Model;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.weights.ModelChange;
import org.imatrixstats.weights.ModelReview;

public final class WeightsCommand extends Command {
    private static final String ARCHITECTURE = "general.architecture";
    private static final String PUBLISHED = "llm-model-review";
    private static final int MOST_BINS = 65_536;

    private final Supplier<List<Path>> models = parameters("MODEL", Path.class,
            "a model (GGUF; any part of a split one); of two, what changed from the first to the second");
    private final Supplier<Path> imatrixPath = option("--imatrix", "FILE", Path.class,
            "an importance matrix of the model: adds figures where each weight counts with E[x²] of its column");
    private final Supplier<Integer> bins = option("--bins", "N", Integer.class,
            Integer.toString(ModelReview.DEFAULT_BINS), "bins of each histogram (default: ${DEFAULT-VALUE})");
    private final Supplier<Boolean> noClusters = flag("--no-clusters",
            "no samples and clusters, which takes less time");
    private final Supplier<Boolean> all = flag("--all", "in a table: all tensors, not only those that stand out");
    private final Supplier<String> compat = choice("--compat", "NAME", List.of(PUBLISHED),
            PUBLISHED + ": the metrics.json of the LLM Model Weight Statistical Review");
    private final TextOutput output = include(TextOutput.of(
            List.of(OutputFormat.TABLE, OutputFormat.CSV, OutputFormat.JSON, OutputFormat.MARKDOWN)));
    private final ThreadsOption threads = include(new ThreadsOption());
    private final Console console;

    public WeightsCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats weights MODEL [--imatrix FILE] [options]",
                "imatrix-stats weights A B [--imatrix FILE] [options]") //
                .header("Show the statistics of a model's weights, or what changed between two models.") //
                .description("",
                        "Reads all weights, whatever their type. Every figure is exact: medians and quantiles too."
                                + " JSON and CSV hold all of them, tables the most telling ones.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats weights model.gguf                          what stands out",
                        "  imatrix-stats weights model.gguf --all                    all tensors",
                        "  imatrix-stats weights model.gguf --imatrix imatrix.gguf   with weighted figures",
                        "  imatrix-stats weights base.gguf tuned.gguf                what a fine-tune changed",
                        "  imatrix-stats weights f16.gguf q4.gguf -o change.csv      what quantization changed",
                        "  imatrix-stats weights model.gguf --format json            for programs");
    }

    @Override
    public Integer call() throws IOException {
        validate();
        try (GgufModel model = open(models.get().getFirst()); Imatrix imatrix = imatrix()) {
            output.write(models.get().size() == 1 ? review(model, imatrix) : change(model, imatrix), console);
        }
        return ExitCode.DONE;
    }

    private void validate() throws IOException {
        output.validate(Stream.concat(models.get().stream(), Stream.ofNullable(imatrixPath.get())).toList(),
                commandLine());
        require(commandLine(), models.get().size() <= 2, "weights takes one model, or two to compare");
        require(commandLine(), bins.get() <= MOST_BINS, "--bins takes at most " + MOST_BINS);
        if (compat.get() == null) {
            return;
        }
        require(commandLine(), compat.get().equals(PUBLISHED),
                "--compat '" + compat.get() + "' is unknown: expected " + PUBLISHED);
        require(commandLine(), models.get().size() == 1, "--compat takes one model");
        require(commandLine(), !noClusters.get(), "--compat needs clusters: leave --no-clusters away");
        require(commandLine(), output.format() == OutputFormat.JSON || output.format() == OutputFormat.TABLE,
                "--compat " + PUBLISHED + " is JSON: it has no --format " + output.format());
    }

    private static GgufModel open(Path path) throws IOException {
        GgufModel model = GgufModel.open(path);
        try {
            Model.requireNoImatrix(model);
            return model;
        } catch (IOException e) {
            model.close();
            throw e;
        }
    }

    /** Null without one. */
    private Imatrix imatrix() throws IOException {
        return imatrixPath.get() == null ? null : ImatrixReader.open(imatrixPath.get());
    }

    private String review(GgufModel model, Imatrix imatrix) throws IOException {
        ModelReview.Options options = new ModelReview.Options(bins.get(), imatrix, threads.count(), !noClusters.get());
        ModelReview review;
        try (Progress progress = progress(model)) {
            review = ModelReview.of(model, options, progress::advance);
        }
        warnOfOtherModel(imatrix, review.tensors().stream().anyMatch(tensor -> tensor.weighted() != null), model);
        if (compat.get() != null) {
            return ReviewMetrics.text(review);
        }
        WeightsReport report = new WeightsReport(review, model.metadata().text(ARCHITECTURE).orElse(null),
                imatrix == null ? null : imatrix.path().toString());
        return WeightsWriter.text(output.format(), report, output.terminal(console), all.get());
    }

    private String change(GgufModel a, Imatrix imatrix) throws IOException {
        try (GgufModel b = open(models.get().getLast()); Progress progress = progress(a)) {
            ModelChange change = ModelChange.of(a, b, imatrix, threads.count(), progress::advance);
            warnOfOtherModel(imatrix, change.total().weightedSquares() > 0, a);
            return WeightsWriter.text(output.format(), change, output.terminal(console), all.get());
        }
    }

    private void warnOfOtherModel(Imatrix imatrix, boolean used, GgufModel model) {
        if (imatrix != null && !used) {
            console.warn(
                    imatrix.path() + " has no entry for a tensor of " + model.name() + ": is it of another model?");
        }
    }

    private Progress progress(GgufModel model) {
        return console.progress("weights of " + model.name(),
                model.tensors().stream().mapToLong(TensorInfo::bytes).sum());
    }
}
