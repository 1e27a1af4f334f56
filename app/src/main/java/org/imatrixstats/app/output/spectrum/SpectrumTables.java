package org.imatrixstats.app.output.spectrum;

import static org.imatrixstats.app.output.PrioritizedColumn.priority;
import static org.imatrixstats.app.output.PrioritizedColumn.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.PrioritizedColumn;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.spectrum.Agreement;
import org.imatrixstats.spectrum.LayerSpectrum;
import org.imatrixstats.spectrum.MatrixSpectrum;
import org.imatrixstats.spectrum.ModelSpectrum;
import org.imatrixstats.spectrum.Saliency;
import org.imatrixstats.spectrum.SpectrumStatistic;
import org.imatrixstats.stats.Figure.Unit;
import org.imatrixstats.stats.Figure;

/** What people are shown of spectra: some lines, and tables with what stands out first. */
final class SpectrumTables {
    private static final int SHOWN = 10;
    private static final double OPPOSITE = -0.5;
    private static final double ALIKE = 0.5;
    /** Marks rows whose weights were quantized before. */
    private static final String QUANTIZED = "*";

    private final SpectrumReport report;
    private final ModelSpectrum spectrum;

    SpectrumTables(SpectrumReport report) {
        this.report = report;
        this.spectrum = report.spectrum();
    }

    /** The matrices of a kind. */
    private record Kind(String name, List<MatrixSpectrum> matrices) {
        double mean(ToDoubleFunction<MatrixSpectrum> figure) {
            return matrices.stream().mapToDouble(figure).filter(Double::isFinite).average().orElse(Double.NaN);
        }

        double least(ToDoubleFunction<MatrixSpectrum> figure) {
            return matrices.stream().mapToDouble(figure).filter(Double::isFinite).min().orElse(Double.NaN);
        }

        double most(ToDoubleFunction<MatrixSpectrum> figure) {
            return matrices.stream().mapToDouble(figure).filter(Double::isFinite).max().orElse(Double.NaN);
        }
    }

    String title() {
        return spectrum.name() + ": "
                + Numbers.count(spectrum.matrices().size(), "matrix").replace("matrixs", "matrices")
                + ", " + (spectrum.exact() ? "all singular values" : "windows of 128 × 128")
                + (report.architecture() == null ? "" : ", " + report.architecture());
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("α: " + switch (report.score()) {
            case NONE -> "power-law exponent of the tail with the best fit";
            case XMIN_MID -> "power-law exponent of the larger half";
            case XMIN_PEAK -> "power-law exponent near the peak of the histogram, as AlphaPruning publishes it";
            case XMIN_PEAK_LINEAR -> "power-law exponent near the peak of the histogram, with the limit that was meant";
            case HILL_HALF -> "Hill's exponent of the larger half";
            case HILL_TENTH -> "Hill's exponent of the largest tenth";
        } + (spectrum.exact() ? "" : ", of the windows (FARMS)")
                + ". A low α means a heavy tail: the matrix is structured, give it bits and prune it less");
        for (String imatrix : spectrum.imatrices()) {
            int number = spectrum.imatrices().indexOf(imatrix);
            long known = spectrum.matrices().stream().filter(matrix -> matrix.saliencies().get(number) != null).count();
            lines.add("activations from " + imatrix + " for " + known + " of " + spectrum.matrices().size()
                    + " matrices");
        }
        return lines;
    }

    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (report.quantized() > 0) {
            warnings.add(Numbers.grouped(report.quantized()) + " of the matrices were quantized before (marked "
                    + QUANTIZED
                    + "): rounding adds noise and hides small singular values. Use F32, F16 or BF16 weights");
        }
        spectrum.skipped().stream().filter(each -> !each.why().equals("not a matrix"))
                .forEach(each -> warnings.add(each.name() + " is left out: " + each.why()));
        return warnings;
    }

    /** What the orders of the layers have to do with each other. */
    List<String> agreement() {
        List<String> lines = new ArrayList<>();
        if (report.layers().size() < 3) {
            return lines;
        }
        double[] byExponent = report.ratios();
        for (int i = 0; i < spectrum.imatrices().size(); i++) {
            if (!report.hasOutliers(i)) {
                continue;
            }
            double rho = Agreement.spearman(byExponent, report.outlierRatios(i));
            String file = spectrum.imatrices().size() == 1
                    ? ""
                    : " of " + SpectrumReport.fileName(spectrum.imatrices().get(i));
            if (Double.isNaN(rho)) {
                continue;
            }
            lines.add("The exponent rule and the outlier rule" + file + " "
                    + (rho < OPPOSITE
                            ? "point in opposite directions"
                            : rho > ALIKE ? "agree" : "have little to do with each other")
                    + ": Spearman " + Numbers.fixed(rho, 2) + " between their shares. Neither is a measurement."
                    + " Compare the perplexity of both before you use one.");
        }
        if (lines.isEmpty()) {
            lines.add("These shares come from the weights alone. They are a heuristic, not a measurement:"
                    + " compare the perplexity with that of equal shares.");
        }
        return lines;
    }

    List<TextTable> tables(boolean all) {
        List<TextTable> tables = new ArrayList<>();
        if (!spectrum.matrices().isEmpty()) {
            tables.add(kinds());
            tables.add(matrices(all));
        }
        if (!report.layers().isEmpty()) {
            tables.add(layers());
        }
        for (int i = 0; i < spectrum.imatrices().size(); i++) {
            saliencies(i).ifPresent(tables::add);
        }
        return tables;
    }

    List<Map.Entry<String, List<MatrixSpectrum>>> byKind() {
        Map<String, List<MatrixSpectrum>> kinds = new LinkedHashMap<>();
        spectrum.matrices()
                .forEach(matrix -> kinds.computeIfAbsent(matrix.name().kind(), _ -> new ArrayList<>()).add(matrix));
        return List.copyOf(kinds.entrySet());
    }

    double alpha(MatrixSpectrum matrix) {
        return matrix.alpha(report.score());
    }

    private TextTable kinds() {
        List<Kind> kinds = byKind().stream().map(entry -> new Kind(entry.getKey(), entry.getValue()))
                .sorted(Column.<Kind>number("", "", Unit.NUMBER, kind -> kind.mean(this::alpha)).order(false)).toList();
        List<PrioritizedColumn<Kind>> columns = new ArrayList<>(List.of(
                priority(0, Column.text("kind", "kind", Kind::name)),
                priority(4, Column.number("matrices", "count", Unit.COUNT, kind -> kind.matrices().size())),
                priority(0, Column.number("alpha", "α", Unit.RATIO, kind -> kind.mean(this::alpha))),
                priority(2, Column.number("least", "least", Unit.RATIO, kind -> kind.least(this::alpha))),
                priority(2, Column.number("most", "most", Unit.RATIO, kind -> kind.most(this::alpha)))));
        if (spectrum.exact()) {
            columns.addAll(List.of(mean(5, SpectrumStatistic.SPECTRAL_NORM), mean(1, SpectrumStatistic.STABLE_RANK),
                    mean(3, SpectrumStatistic.EFFECTIVE_RANK), mean(1, SpectrumStatistic.ENTROPY_DEFICIT),
                    mean(6, SpectrumStatistic.MP_SPIKES)));
        }
        return table("Kinds, the heaviest tails first: means", kinds, columns);
    }

    private static PrioritizedColumn<Kind> mean(int priority, SpectrumStatistic figure) {
        Unit unit = figure.unit() == Unit.COUNT ? Unit.RATIO : figure.unit();
        return priority(priority, Column.number(figure.key(), figure.header(), unit, kind -> kind.mean(figure::of)));
    }

    private TextTable matrices(boolean all) {
        List<MatrixSpectrum> rows = all
                ? spectrum.matrices()
                : spectrum.matrices().stream()
                        .sorted(Column.number("", "", Unit.NUMBER, this::alpha).order(false)).limit(SHOWN).toList();
        List<PrioritizedColumn<MatrixSpectrum>> columns = new ArrayList<>();
        columns.add(priority(0, Column.text("name", "tensor", this::name)));
        columns.add(priority(7, Column.text("dtype", "type", SpectrumColumns::type)));
        columns.add(priority(6, Column.text("shape", "shape", matrix -> matrix.rows() + " × " + matrix.columns())));
        columns.add(priority(0, Column.number("alpha", "α", Unit.RATIO, this::alpha)));
        List<Figure<MatrixSpectrum>> figures = spectrum.exact()
                ? List.of(SpectrumStatistic.STABLE_RANK, SpectrumStatistic.ENTROPY_DEFICIT,
                        SpectrumStatistic.EFFECTIVE_RANK, SpectrumStatistic.FARMS_TENTH,
                        SpectrumStatistic.SPECTRAL_NORM,
                        SpectrumStatistic.RANK, SpectrumStatistic.MP_SPIKES)
                : List.of(SpectrumStatistic.FARMS_NONE, SpectrumStatistic.FARMS_PEAK, SpectrumStatistic.FARMS_WINDOWS);
        for (int i = 0; i < figures.size(); i++) {
            columns.add(priority(i + 1, Column.of(figures.get(i))));
        }
        String title = all || rows.size() == spectrum.matrices().size()
                ? "All matrices"
                : "Matrices with the heaviest tails (--all shows all " + spectrum.matrices().size() + ")";
        return table(title, rows, columns);
    }

    private String name(MatrixSpectrum matrix) {
        return matrix.name().name() + (matrix.expert() < 0 ? "" : " " + matrix.expert())
                + (matrix.isQuantized() ? QUANTIZED : "");
    }

    private TextTable layers() {
        double[] ratios = report.ratios();
        List<LayerSpectrum> layers = report.layers();
        List<PrioritizedColumn<LayerSpectrum>> columns = new ArrayList<>(List.of(
                priority(0, Column.text("layer", "layer", LayerSpectrum::layer)),
                priority(0, Column.number("alpha", "α", Unit.RATIO, layer -> report.score(layer, report.score()))),
                priority(0, Column.number("sparsity", "prune by α", Unit.SHARE,
                        layer -> ratios[layers.indexOf(layer)]))));
        for (int i = 0; i < spectrum.imatrices().size(); i++) {
            if (report.hasOutliers(i)) {
                SpectrumColumns.outliers(report, i).forEach(column -> columns.add(priority(0, column)));
            }
        }
        if (spectrum.exact()) {
            columns.add(priority(2, SpectrumColumns.stableRank()));
            columns.add(priority(1, SpectrumColumns.deficit()));
            columns.add(priority(3, Column.number("v", "V deficit", Unit.NUMBER,
                    layer -> layer.v() == null ? Double.NaN : layer.v().deficit())));
            columns.add(priority(3, Column.number("qk", "QK eff rank", Unit.NUMBER,
                    layer -> layer.qk() == null ? Double.NaN : layer.qk().effectiveRank())));
        }
        return table("Layers: shares to prune for " + Numbers.plain(100 * report.pruning().sparsity()) + "% in all",
                layers, columns);
    }

    private Optional<TextTable> saliencies(int imatrix) {
        List<Kind> kinds = byKind().stream()
                .map(entry -> new Kind(entry.getKey(), entry.getValue().stream()
                        .filter(matrix -> matrix.saliencies().get(imatrix) != null).toList()))
                .filter(kind -> !kind.matrices().isEmpty()).toList();
        if (kinds.isEmpty()) {
            return Optional.empty();
        }
        List<PrioritizedColumn<Kind>> columns = new ArrayList<>();
        columns.add(priority(0, Column.text("kind", "kind", Kind::name)));
        Stream.of(30, 50, 70, 90).forEach(percent -> columns.add(priority(0, Column.number("share" + percent,
                percent + "%", Unit.SHARE,
                kind -> kind.mean(matrix -> matrix.saliencies().get(imatrix)
                        .scoreShare()[Saliency.PERCENTS.indexOf(percent)])))));
        columns.add(priority(1, Column.number("pairs", "2:4", Unit.SHARE,
                kind -> kind.mean(matrix -> matrix.saliencies().get(imatrix).pairScore()))));
        columns.add(priority(2, Column.number("top", "top 1% of columns", Unit.SHARE,
                kind -> kind.mean(matrix -> matrix.saliencies().get(imatrix).topColumns()))));
        String file = spectrum.imatrices().size() == 1
                ? ""
                : ", " + SpectrumReport.fileName(spectrum.imatrices().get(imatrix));
        List<Kind> sorted = kinds.stream().sorted(Comparator.comparingDouble(kind -> kind.mean(
                matrix -> matrix.saliencies().get(imatrix).scoreShare()[Saliency.PERCENTS.indexOf(70)]))).toList();
        return Optional.of(table(
                "Saliency |w|·√E[x²] that pruning so many weights of each row loses" + file, sorted, columns));
    }
}
