package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

import org.imatrixstats.app.input.Reviews;
import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.option.TextOutput;
import org.imatrixstats.app.option.ThreadsOption;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.weights.ReviewMetrics;
import org.imatrixstats.app.output.weights.WeightsReport;
import org.imatrixstats.app.output.weights.WeightsWriter;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.weights.ModelReview;

public final class WeightsCommand extends Command {
    public static final String SUMMARY = "Show the statistics of a model's weights, or what changed between two models.";
    private static final String PUBLISHED = "llm-model-review";
    private static final int MOST_BINS = 65_536;

    private final Supplier<List<Path>> models = parameters("MODEL", Path.class,
            "a model (GGUF, safetensors or PyTorch: a file, any part of a split one, or a folder); of two, what changed from the"
                    + " first to the second");
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
                "       imatrix-stats weights A B [--imatrix FILE] [options]") //
                .header(SUMMARY) //
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
        try (Imatrix imatrix = imatrix(); Reviews model = Reviews.open(models.get().getFirst(), imatrix, console)) {
            output.write(models.get().size() == 1 ? review(model) : change(model), console);
        }
        return ExitCode.DONE;
    }

    private void validate() throws IOException {
        output.validate(console, commandLine());
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

    /** Null without one. */
    private Imatrix imatrix() throws IOException {
        return imatrixPath.get() == null ? null : Inputs.imatrix(imatrixPath.get(), console);
    }

    private String review(Reviews model) throws IOException {
        WeightsReport report = model.review(bins.get(), threads.count(), !noClusters.get());
        return compat.get() != null
                ? ReviewMetrics.text(report.review())
                : WeightsWriter.text(output.format(), report, output.terminal(console), all.get());
    }

    private String change(Reviews model) throws IOException {
        try (Reviews other = Reviews.open(models.get().getLast(), null, console)) {
            return WeightsWriter.text(output.format(), model.changeTo(other, threads.count()),
                    output.terminal(console), all.get());
        }
    }
}
