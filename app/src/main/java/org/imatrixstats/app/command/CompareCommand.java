package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.option.DigestOption;
import org.imatrixstats.app.option.Names;
import org.imatrixstats.app.option.ReportOptions;
import org.imatrixstats.app.option.SelectionOptions;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.output.compare.ChannelLevels;
import org.imatrixstats.app.output.compare.CompareReport.Two;
import org.imatrixstats.app.output.compare.CompareReport;
import org.imatrixstats.app.output.compare.CompareWriter;
import org.imatrixstats.app.output.compare.ComparisonWarnings;
import org.imatrixstats.app.output.compare.PairLevels;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Progress;
import org.imatrixstats.compare.Comparison;
import org.imatrixstats.compare.DistinctPairs;
import org.imatrixstats.compare.Divergence;
import org.imatrixstats.compare.PairCalculator;
import org.imatrixstats.compare.PairStatistic;
import org.imatrixstats.compare.PairStats;
import org.imatrixstats.compare.Pairing;
import org.imatrixstats.compare.TensorPair;
import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.SharedInputs;
import org.imatrixstats.numeric.Median;
import org.imatrixstats.tensor.TensorName;

import picocli.CommandLine.ParameterException;

public final class CompareCommand extends Command {
    public static final String SUMMARY = "Show how importance matrices of one model differ between calibration texts.";

    /** Rows of a table that nobody asked for more of. */
    private static final int ROWS_SHOWN = 20;

    private final Supplier<List<Path>> files = parameters("FILE", Path.class,
            "two or more importance matrices of one model; the first is compared with each of the others");
    private final Supplier<String> channels = option("--channels", "TENSOR", String.class,
            "show the columns (channels) of this tensor that differ most, and channels that are outliers in many tensors");
    private final Supplier<String> level = choice("--level", "LEVEL",
            PairLevels.ALL.stream().map(Level::label).toList(),
            "what each row is: tensor, layer, kind or coverage (default: kinds, tensors and coverage, where the format can hold them)");
    private final SelectionOptions selection = include(new SelectionOptions(PairLevels.ALL,
            "show the first N rows (of each group with --group-by); without --sort, those with the largest divergence",
            "none, largest differences first"));
    private final DigestOption digest = include(new DigestOption());
    private final ReportOptions output = include(new ReportOptions());
    /** What holds for all pairs, said once. */
    private final Set<String> warned = new HashSet<>();
    private final Console console;

    public CompareCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats compare A B [C...] [options]") //
                .header(SUMMARY) //
                .description("",
                        "First a summary in words: how similar the files are, which tensors differ most and how, which experts only one text reaches, and whether to merge. Then the tables, largest differences first. GGUF and legacy files can be mixed. Different lengths are normalized.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats compare prose.gguf code.gguf",
                        "  imatrix-stats compare prose.gguf code.gguf --kind ffn_down --sort spearman",
                        "  imatrix-stats compare prose.gguf code.gguf --channels blk.0.ffn_down.weight",
                        "  imatrix-stats compare prose.gguf code.gguf data.gguf        and a matrix of all pairs",
                        "  imatrix-stats compare prose.gguf code.gguf -o tensors.csv   for spreadsheets");
    }

    /** An open file and what is known of its content. */
    private record Input(CompareReport.Input shown, SharedInputs shared) {
        Imatrix imatrix() {
            return shown.imatrix();
        }

        Path path() {
            return imatrix().path();
        }
    }

    /** A tensor that a comparison will not have is told before the work. */
    private void requireChannels(List<Pairing> pairings) {
        if (channels.get() == null) {
            return;
        }
        for (Pairing pairing : pairings) {
            List<TensorName> names = pairing.pairs().stream().map(TensorPair::name).toList();
            Optional<TensorName> wanted = names.stream().filter(name -> name.name().equals(channels.get())).findFirst();
            if (wanted.isEmpty()) {
                throw new ParameterException(commandLine(), notInBoth(pairing)
                        + Names.suggestion(channels.get(), names.stream().map(TensorName::name).toList()));
            }
            require(commandLine(), selection.names(wanted.get()),
                    "--channels " + channels.get() + ": the other options do not select this tensor");
        }
    }

    private String notInBoth(Pairing pairing) {
        return pairing.shapeMismatches().stream().filter(mismatch -> mismatch.name().name().equals(channels.get()))
                .findFirst().map(mismatch -> "cannot compare " + mismatch + " of " + pairing.a().name() + " and "
                        + pairing.b().name())
                .orElseGet(() -> "no tensor '" + channels.get() + "' in both " + pairing.a().name() + " and "
                        + pairing.b().name());
    }

    @Override
    public Integer call() throws IOException {
        validate();
        try (Inputs opened = Inputs.open(files.get(), console)) {
            List<Pairing> pairings = pairings(opened.imatrices());
            requireChannels(pairings);
            List<Input> inputs = new ArrayList<>();
            for (Imatrix imatrix : opened.imatrices()) {
                inputs.add(input(imatrix));
            }
            List<CompareReport.Pair> pairs = new ArrayList<>();
            for (int i = 1; i < inputs.size(); i++) {
                pairs.add(pair(inputs, i, pairings.get(i - 1)));
            }
            double[][] matrix = inputs.size() > 2 ? matrix(inputs, pairs) : null;
            CompareReport report = new CompareReport(inputs.stream().map(Input::shown).toList(), pairs, matrix);
            output.write(CompareWriter.of(output.format(), output.terminal(console)).text(report), console);
        }
        return ExitCode.DONE;
    }

    private Input input(Imatrix imatrix) throws IOException {
        SharedInputs shared = SharedInputs.of(imatrix, output.threads());
        ContentDigest content = output.format() == OutputFormat.JSON
                ? ContentDigest.of(imatrix, shared, digest.algorithm(), output.threads())
                : null;
        return new Input(new CompareReport.Input(imatrix, content), shared);
    }

    private void validate() throws IOException {
        require(commandLine(), files.get().size() >= 2, "compare needs at least two files");
        require(commandLine(), channels.get() == null || level.get() == null,
                "--channels cannot be combined with --level");
        output.validate(console, commandLine());
        selection.validate(levels(), commandLine());
        selection.withColumns(levels(), commandLine());
    }

    /** All are made first: that a file is of another model is said before anything long is computed. */
    private static List<Pairing> pairings(List<Imatrix> imatrices) throws IOException {
        List<Pairing> pairings = new ArrayList<>();
        for (Imatrix other : imatrices.subList(1, imatrices.size())) {
            Pairing pairing = Pairing.of(imatrices.getFirst(), other);
            pairing.requireCommonTensors();
            pairings.add(pairing);
        }
        return pairings;
    }

    private CompareReport.Pair pair(List<Input> inputs, int number, Pairing pairing) throws IOException {
        Input a = inputs.getFirst();
        Input b = inputs.get(number);
        Comparison compared = compare(a, b, pairing);
        List<String> warnings = ComparisonWarnings.of(compared);
        Comparison selected = compared.only(selection.among(PairStats::name, PairStats::input));
        warnings.forEach(warning -> console.warn(a.path() + ", " + b.path() + ": " + warning));
        Two two = new Two(0, number, selected, channels.get() == null ? null : tensor(compared), output.threads());
        List<Sheet<Two, ?>> sheets = new ArrayList<>();
        for (Level<Two, ?> each : selection.withColumns(levels(), commandLine())) {
            sheets.add(selection.sheet(each, two));
        }
        List<Sheet<Two, ?>> shown = sheets.stream().<Sheet<Two, ?>>map(sheet -> shortened(sheet, selected)).toList();
        return new CompareReport.Pair(two, shown, rows(sheets) - rows(shown), warnings);
    }

    private Comparison compare(Input a, Input b, Pairing pairing) throws IOException {
        requireSelected(pairing);
        DistinctPairs pairs = new DistinctPairs(pairing, a.shared, b.shared, selection::names);
        try (Progress progress = progress(a, b, pairs)) {
            return PairCalculator.compare(pairs, output.threads(), progress::advance);
        }
    }

    private Progress progress(Input a, Input b, DistinctPairs pairs) {
        return console.progress("comparing " + a.path().getFileName() + " and " + b.path().getFileName(),
                pairs.values());
    }

    private void requireSelected(Pairing pairing) throws IOException {
        List<TensorName> names = pairing.pairs().stream().map(TensorPair::name).toList();
        List<String> kinds = names.stream().map(TensorName::kind).distinct().sorted().toList();
        if (names.stream().noneMatch(selection::names)) {
            throw new IOException(selection.whyNone(kinds));
        }
        selection.unknownKinds(kinds).stream().filter(warned::add).forEach(console::warn);
    }

    // ---- what is shown

    private List<Level<Two, ?>> levels() {
        if (channels.get() != null) {
            return output.format().severalLevels()
                    ? List.of(ChannelLevels.CHANNEL, ChannelLevels.OUTLIER)
                    : List.of(ChannelLevels.CHANNEL);
        }
        if (level.get() != null) {
            return List.of(Names.find(level.get(), PairLevels.ALL, Level::label, "level", commandLine()));
        }
        if (!output.format().severalLevels()) {
            return List.of(PairLevels.TENSOR);
        }
        return output.format() == OutputFormat.JSON
                ? List.of(PairLevels.TENSOR, PairLevels.LAYER, PairLevels.KIND, PairLevels.OVERALL, PairLevels.COVERAGE)
                : selection.ordered()
                        ? List.of(PairLevels.TENSOR)
                        : List.of(PairLevels.KIND, PairLevels.TENSOR, PairLevels.COVERAGE);
    }

    /** In a table, the first rows of what can be long, each input once, unless the user says how much to show. */
    private Sheet<Two, ?> shortened(Sheet<Two, ?> sheet, Comparison selected) {
        if (output.format() != OutputFormat.TABLE || selection.ordered() || selection.grouped()) {
            return sheet;
        }
        if (sheet.level() == PairLevels.TENSOR) {
            Set<TensorName> inputs = names(selected.inputs());
            return sheet.filtered(row -> inputs.contains(((PairStats) row).name())).first(ROWS_SHOWN);
        }
        return sheet.level() == ChannelLevels.CHANNEL || sheet.level() == ChannelLevels.OUTLIER
                ? sheet.first(ROWS_SHOWN)
                : sheet;
    }

    private static int rows(List<Sheet<Two, ?>> sheets) {
        return sheets.stream().mapToInt(sheet -> sheet.rows().size()).sum();
    }

    /** Also one that {@code --unique} would leave out, as it shares the input of another. */
    private PairStats tensor(Comparison compared) {
        return compared.tensors().stream().filter(tensor -> tensor.name().name().equals(channels.get())).findFirst()
                .orElseThrow();
    }

    // ---- each with each

    private double[][] matrix(List<Input> inputs, List<CompareReport.Pair> pairs) throws IOException {
        double[][] matrix = new double[inputs.size()][inputs.size()];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = i + 1; j < matrix.length; j++) {
                Comparison ofJ = pairs.get(j - 1).two().selected();
                matrix[i][j] = i == 0
                        ? ofJ.overall().median(PairStatistic.JS_DIVERGENCE)
                        : median(inputs.get(i), inputs.get(j), names(ofJ.tensors()));
                matrix[j][i] = matrix[i][j];
            }
        }
        return matrix;
    }

    private static Set<TensorName> names(List<PairStats> tensors) {
        return tensors.stream().map(PairStats::name).collect(Collectors.toSet());
    }

    private double median(Input a, Input b, Set<TensorName> selected) throws IOException {
        DistinctPairs pairs = new DistinctPairs(Pairing.of(a.imatrix(), b.imatrix()), a.shared, b.shared,
                selected::contains);
        try (Progress progress = progress(a, b, pairs)) {
            return Median.of(PairCalculator.divergences(pairs, output.threads(), progress::advance).stream()
                    .mapToDouble(Divergence::jensenShannon).filter(js -> !Double.isNaN(js)).toArray());
        }
    }
}
