package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.input.MeasuredWeights;
import org.imatrixstats.app.input.ModelInput;
import org.imatrixstats.app.option.DigestOption;
import org.imatrixstats.app.option.ExpertsOption;
import org.imatrixstats.app.option.Names;
import org.imatrixstats.app.option.Options;
import org.imatrixstats.app.option.ReportOptions;
import org.imatrixstats.app.option.SelectionOptions;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.output.stats.FileReport;
import org.imatrixstats.app.output.stats.Layout;
import org.imatrixstats.app.output.stats.StatsLevels;
import org.imatrixstats.app.output.stats.StatsWriter;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.stats.KindStats;
import org.imatrixstats.stats.Report;
import org.imatrixstats.stats.StatsCalculator;
import org.imatrixstats.stats.TensorStats;

import picocli.CommandLine;

/** The options of a report, and the report. */
final class StatsOptions extends Options {
    private final Supplier<String> level = choice("--level", "LEVEL",
            StatsLevels.ALL.stream().map(Level::label).toList(),
            "what each row is: tensor, layer, kind or expert (default: tensors; tables begin with what stands out, JSON and Markdown hold layers too)");
    private final Supplier<Boolean> all = flag("--all",
            "in a table: a row for every tensor and layer, after what stands out");
    private final Supplier<Layout> layout = option("--layout", "LAYOUT", Layout.class, "default",
            "table layout: ${COMPLETION-CANDIDATES}. classic prints the table of llama-imatrix, extended that of llama.cpp PR 14891 (default: ${DEFAULT-VALUE})");
    private final SelectionOptions selection = include(new SelectionOptions(StatsLevels.ALL,
            "show the first N rows (of each group with --group-by); without --sort, tensors are sorted by -robust_z",
            "kind; none with --sort, --top, --bottom"));
    private final ExpertsOption experts = include(new ExpertsOption());
    private final DigestOption digest = include(new DigestOption());
    private final ReportOptions output = include(new ReportOptions());

    int show(List<Path> files, Console console, CommandLine command) throws IOException {
        return show(files, null, false, console, command);
    }

    /**
     * @param model  whose blocks write the residual stream; null without one
     * @param cached whether figures in the user's cache folder are used, and kept there
     */
    int show(List<Path> files, Path model, boolean cached, Console console, CommandLine command) throws IOException {
        validate(model, console, command);
        OutputFormat format = output.format();
        List<Level<FileReport, ?>> levels = levels(command, format);
        selection.validate(levels, command);
        List<Level<FileReport, ?>> shown = selection.withColumns(levels, command);
        StatsWriter writer = StatsWriter.of(format, layout.get(), output.terminal(console), overview(format));
        List<String> unselected = new ArrayList<>();
        Batch batch = new Batch(files, console, command);
        try (ModelFile opened = model == null ? null : ModelInput.open(model, console)) {
            batch.each(file -> Inputs.imatrix(file, console), (_, imatrix) -> {
                Report report = report(imatrix);
                return read(imatrix, opened == null
                        ? report
                        : new MeasuredWeights(opened, imatrix, cached, output.threads(), console).withShares(report),
                        shown, console,
                        unselected);
            }, read -> {
                if (read != null) {
                    writer.add(read.report, read.sheets);
                }
            });
        }
        if (unselected.size() + batch.errors().size() == files.size()) {
            throw new IOException(unselected.getFirst());
        }
        unselected.forEach(console::warn);
        batch.requireAllFor(output.file());
        writer.failed(batch.errors());
        output.write(writer.text(), console);
        return batch.failed() ? ExitCode.FAILED : ExitCode.DONE;
    }

    private Report report(Imatrix imatrix) throws IOException {
        Report report = StatsCalculator.report(imatrix, experts.given(), output.threads());
        return digest.algorithm() == report.digest().algorithm()
                ? report
                : report.with(ContentDigest.of(imatrix, digest.algorithm(), output.threads()));
    }

    private record Read(FileReport report, List<Sheet<FileReport, ?>> sheets) {
    }

    /** Null if no tensor of the file is selected. */
    private Read read(Imatrix imatrix, Report report, List<Level<FileReport, ?>> levels, Console console,
            List<String> unselected) throws IOException {
        report.warnings().forEach(warning -> console.warn(imatrix.path() + ": " + warning));
        Report selected = report.only(selection.among(TensorStats::name, TensorStats::input));
        if (selected.tensors().isEmpty() && !report.tensors().isEmpty()) {
            unselected.add(imatrix.path() + ": " + selection.whyNone(kinds(report)));
            return null;
        }
        selection.unknownKinds(kinds(report)).forEach(kind -> console.warn(imatrix.path() + ": " + kind));
        FileReport file = new FileReport(imatrix, selected, report.kinds(), output.threads());
        return new Read(file, sheets(levels, file));
    }

    private void validate(Path model, Console console, CommandLine command) throws IOException {
        output.validate(console, command);
        require(command, model == null || layout.get() == Layout.DEFAULT,
                "--layout " + layout.get().label() + " cannot be combined with --model");
        require(command, layout.get() == Layout.DEFAULT || output.format() == OutputFormat.TABLE, "--layout "
                + layout.get().label() + " cannot be combined with --format " + output.format().label());
        require(command, layout.get() == Layout.DEFAULT || level.get() == null && !selection.given(), "--layout "
                + layout.get().label() + " cannot be combined with --level, a selection or an order");
    }

    /** Whether no rows were asked for, so that people get what stands out first. */
    private boolean overview(OutputFormat format) {
        return format.isForPeople() && layout.get() == Layout.DEFAULT && level.get() == null && !selection.given();
    }

    private List<Level<FileReport, ?>> levels(CommandLine command, OutputFormat format) {
        if (level.get() != null) {
            return List.of(Names.find(level.get(), StatsLevels.ALL, Level::label, "level", command));
        }
        if (overview(format) && format == OutputFormat.TABLE && !all.get()) {
            return List.of();
        }
        if (!format.severalLevels() || selection.ordered()) {
            return List.of(StatsLevels.TENSOR);
        }
        return format == OutputFormat.JSON
                ? List.of(StatsLevels.TENSOR, StatsLevels.LAYER, StatsLevels.KIND)
                : List.of(StatsLevels.TENSOR, StatsLevels.LAYER);
    }

    private List<Sheet<FileReport, ?>> sheets(List<Level<FileReport, ?>> levels, FileReport report)
            throws IOException {
        List<Sheet<FileReport, ?>> sheets = new ArrayList<>();
        for (Level<FileReport, ?> each : levels) {
            sheets.add(selection.sheet(each, report));
        }
        return sheets;
    }

    private static List<String> kinds(Report report) {
        return report.kinds().stream().map(KindStats::kind).toList();
    }
}
