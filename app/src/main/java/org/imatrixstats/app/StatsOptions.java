package org.imatrixstats.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.AtomicFile;
import org.imatrixstats.app.output.FileReport;
import org.imatrixstats.app.output.Layout;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.ReportWriter;
import org.imatrixstats.app.output.Sheet;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.stats.ExpertCalculator;
import org.imatrixstats.imatrix.stats.ExpertStats;
import org.imatrixstats.imatrix.stats.KindStats;
import org.imatrixstats.imatrix.stats.Report;
import org.imatrixstats.imatrix.stats.StatsCalculator;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The options of a report, and the report. */
final class StatsOptions extends Options {
    private final Supplier<String> level = option("--level", "LEVEL", String.class,
            "what a row is: tensor, layer, kind or expert (default: tensors, with layers where the format can hold both)");
    private final Supplier<Layout> layout = option("--layout", "LAYOUT", Layout.class, "default",
            "tables as: ${COMPLETION-CANDIDATES}. classic and extended have the columns and digits of llama-imatrix and of"
                    + " llama.cpp PR 14891 (default: ${DEFAULT-VALUE})");
    private final SelectionOptions selection = include(new SelectionOptions());
    private final Supplier<Integer> experts = option("--experts", "N", Integer.class,
            "number of experts, for files that do not store it (default: inferred)");
    private final Supplier<OutputFormat> format = option("--format", "FORMAT", OutputFormat.class,
            "${COMPLETION-CANDIDATES} (default: by the extension of the output file, else table)");
    private final Supplier<Path> output = option("-o --output", "FILE", Path.class,
            "write to a file, which is replaced as a whole or not at all");
    private final Supplier<Terminal.Color> color = option("--color", "WHEN", Terminal.Color.class, "auto",
            "${COMPLETION-CANDIDATES}; auto: on a terminal, unless NO_COLOR is set");
    private final Supplier<Boolean> ascii = flag("--ascii", "tables in ASCII characters only");
    private final Supplier<Integer> threads = option("--threads", "N", Integer.class,
            "processors to use (default: all); the figures do not depend on it");

    int show(List<Path> files, Cli cli, CommandLine command) throws IOException {
        validate(files, command);
        OutputFormat format = format();
        List<Level<?>> levels = levels(command, format);
        selection.validate(levels, command);
        levels = selection.withColumns(levels, command);
        Terminal terminal = (output.get() == null ? cli.terminal() : Terminal.PIPE).with(color.get(), ascii.get());
        ReportWriter writer = format == OutputFormat.TABLE ? layout.get().writer(terminal) : format.writer(terminal);
        List<String> unselected = new ArrayList<>();
        for (Path file : files) {
            try (Imatrix imatrix = ImatrixReader.open(file)) {
                Report report = StatsCalculator.report(imatrix, givenExperts(), threads());
                report.warnings().forEach(warning -> cli.warn(imatrix.path() + ": " + warning));
                Report selected = selection.select(report);
                if (selected.tensors().isEmpty() && !report.tensors().isEmpty()) {
                    unselected.add(imatrix.path() + ": no tensor is selected: " + reason(report));
                } else {
                    selection.unknownKinds(report).forEach(kind -> cli.warn(imatrix.path() + ": " + kind));
                    writer.add(fileReport(imatrix, report, selected, levels));
                }
            }
        }
        if (unselected.size() == files.size()) {
            throw new IOException(unselected.getFirst());
        }
        unselected.forEach(cli::warn);
        if (output.get() == null) {
            cli.print(writer.text());
        } else {
            AtomicFile.write(output.get(), writer.text());
        }
        return ExitCode.DONE;
    }

    private String reason(Report report) {
        List<String> unknownKinds = selection.unknownKinds(report);
        return unknownKinds.isEmpty()
                ? "none is in all of the --kind, --layers and --match given. Kinds: "
                        + report.kinds().stream().map(KindStats::kind).collect(Collectors.joining(", "))
                : unknownKinds.getFirst();
    }

    private void validate(List<Path> files, CommandLine command) throws IOException {
        OutputPath.validate(output.get(), files, command);
        if (threads.get() != null && threads.get() < 1) {
            throw new ParameterException(command, "--threads must be at least 1, not " + threads.get());
        }
        if (experts.get() != null && experts.get() < 1) {
            throw new ParameterException(command, "--experts must be at least 1, not " + experts.get());
        }
        if (layout.get() != Layout.DEFAULT && format() != OutputFormat.TABLE) {
            throw new ParameterException(command,
                    "--layout " + layout.get().label() + " is a table: it has no --format "
                            + format().label());
        }
        if (layout.get() != Layout.DEFAULT && (level.get() != null || selection.given())) {
            throw new ParameterException(command, "--layout " + layout.get().label()
                    + " prints what llama-imatrix prints: it has no --level and no selection or order");
        }
    }

    private OutputFormat format() {
        return format.get() != null
                ? format.get()
                : output.get() != null ? OutputFormat.ofExtension(output.get()) : OutputFormat.TABLE;
    }

    private int threads() {
        return threads.get() != null ? threads.get() : Runtime.getRuntime().availableProcessors();
    }

    private OptionalInt givenExperts() {
        return experts.get() == null ? OptionalInt.empty() : OptionalInt.of(experts.get());
    }

    private List<Level<?>> levels(CommandLine command, OutputFormat format) {
        if (level.get() != null) {
            return List.of(Names.find(level.get(), Level.ALL, Level::label, "level", command));
        }
        if (!format.severalLevels() || selection.ordered()) {
            return List.of(Level.TENSOR);
        }
        return format == OutputFormat.JSON
                ? List.of(Level.TENSOR, Level.LAYER, Level.KIND)
                : List.of(Level.TENSOR, Level.LAYER);
    }

    private FileReport fileReport(Imatrix imatrix, Report all, Report report, List<Level<?>> levels)
            throws IOException {
        List<ExpertStats> experts = levels.contains(Level.EXPERT)
                ? ExpertCalculator.experts(imatrix, report, threads())
                : List.of();
        List<Sheet<?>> sheets = new ArrayList<>();
        for (Level<?> level : levels) {
            sheets.add(selection.sheet(level, report, experts));
        }
        return new FileReport(imatrix, report, all.kinds(), experts, sheets, threads());
    }
}
