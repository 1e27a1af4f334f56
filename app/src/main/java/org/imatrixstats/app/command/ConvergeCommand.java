package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.option.Names;
import org.imatrixstats.app.option.ReportOptions;
import org.imatrixstats.app.option.TensorSelection;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.converge.ConvergeLevels;
import org.imatrixstats.app.output.converge.ConvergeReport;
import org.imatrixstats.app.output.converge.ConvergeWriter;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Progress;
import org.imatrixstats.converge.Convergence;
import org.imatrixstats.converge.SnapshotSeries;
import org.imatrixstats.converge.Verdict;
import org.imatrixstats.tensor.TensorName;

public final class ConvergeCommand extends Command {
    public static final String SUMMARY = "Show whether a calibration run has converged, and how much more text it needs.";

    /** Two texts of different kinds are a few thousandths of a bit apart: the error should be well below that. */
    static final String DEFAULT_THRESHOLD = "0.001";

    private final Supplier<List<Path>> files = parameters("SNAPSHOT", Path.class,
            "two or more snapshots of one run (llama-imatrix --save-frequency), in any order");
    private final Supplier<Double> threshold = option("--threshold", "BITS", Double.class, DEFAULT_THRESHOLD,
            "a tensor below this divergence has converged (default: ${DEFAULT-VALUE} bits: the share of a column is then accurate to about 7%%)");
    private final TensorSelection selection = include(new TensorSelection());
    private final Supplier<Integer> top = option("--top", "N", Integer.class, "10",
            "show the N tensors with the largest error, in a table or Markdown (default: ${DEFAULT-VALUE})");
    private final Supplier<String> level = choice("--level", "LEVEL",
            ConvergeLevels.ALL.stream().map(Level::label).toList(),
            "what each row is: snapshot, kind or tensor (default: all; snapshots where the format can hold only one)");
    private final ReportOptions output = include(new ReportOptions());
    private final Console console;

    public ConvergeCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats converge SNAPSHOT... [options]") //
                .header(SUMMARY) //
                .description("",
                        "Compares each snapshot of a run with the last one and with the previous one. The spread between batches of text gives an estimate of the remaining error. All snapshots must come from one run: each contains the previous ones.") //
                .footerHeading("%nExamples:%n") //
                .footer("  llama-imatrix ... -o imatrix.gguf --save-frequency 20    makes imatrix.gguf.at_20, ...",
                        "  imatrix-stats converge imatrix.gguf*                     has it seen enough?",
                        "  imatrix-stats converge imatrix.gguf* --kind 'ffn_*'      the feed-forward tensors alone",
                        "  imatrix-stats converge imatrix.gguf* --threshold 1e-4    be stricter",
                        "  imatrix-stats converge imatrix.gguf* -o curve.csv        for spreadsheets",
                        "  imatrix-stats converge imatrix.gguf* --format json       for programs");
    }

    @Override
    public Integer call() throws IOException {
        validate();
        try (Inputs inputs = Inputs.open(files.get(), console)) {
            SnapshotSeries series = SnapshotSeries.of(inputs.imatrices());
            series.warnings().forEach(console::warn);
            requireSelected(series);
            Convergence convergence = converge(series);
            ConvergeReport report = new ConvergeReport(new Verdict(convergence, threshold.get()), top.get());
            output.write(ConvergeWriter.of(output.format(), output.terminal(console)).text(report, levels()), console);
        }
        return ExitCode.DONE;
    }

    private void validate() throws IOException {
        require(commandLine(), files.get().size() >= 2,
                "a single snapshot cannot be compared: give at least two snapshots of a run");
        require(commandLine(), threshold.get() > 0 && threshold.get() <= 1,
                "--threshold must be above 0 and at most 1 bit, not " + threshold.get());
        levels();
        output.validate(console, commandLine());
    }

    private List<Level<ConvergeReport, ?>> levels() {
        return level.get() != null
                ? List.of(Names.find(level.get(), ConvergeLevels.ALL, Level::label, "level", commandLine()))
                : output.format().severalLevels() ? ConvergeLevels.ALL : ConvergeLevels.ALL.subList(0, 1);
    }

    private void requireSelected(SnapshotSeries series) throws IOException {
        List<String> kinds = series.tensors().stream().map(TensorName::kind).distinct().sorted().toList();
        if (series.tensors().stream().noneMatch(selection)) {
            throw new IOException(selection.whyNone(kinds));
        }
        selection.unknownKinds(kinds).forEach(console::warn);
    }

    private Convergence converge(SnapshotSeries series) throws IOException {
        try (Progress progress = console.progress("comparing " + series.snapshots().size() + " snapshots",
                Convergence.work(series, selection))) {
            return Convergence.of(series, selection, output.threads(), progress::advance);
        }
    }
}
