package org.imatrixstats.app.output.spectrum;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.spectrum.Estimator;
import org.imatrixstats.spectrum.LayerScores;
import org.imatrixstats.spectrum.LayerSpectrum;
import org.imatrixstats.spectrum.Magnitude;
import org.imatrixstats.spectrum.MatrixSpectrum;
import org.imatrixstats.spectrum.Saliency;
import org.imatrixstats.spectrum.SpectrumStatistic;
import org.imatrixstats.stats.Figure.Unit;

/** All columns that there are for a matrix and for a layer. */
final class SpectrumColumns {
    private SpectrumColumns() {
    }

    static List<Column<MatrixSpectrum>> ofMatrices(SpectrumReport report) {
        List<Column<MatrixSpectrum>> columns = new ArrayList<>(List.of(
                Column.text("name", "tensor", matrix -> matrix.name().name()), expert(),
                Column.number("layer", "layer", Unit.COUNT, matrix -> Level.layer(matrix.name())),
                Column.text("kind", "kind", matrix -> matrix.name().kind()),
                Column.text("dtype", "type", SpectrumColumns::type),
                Column.flag("quantized", "quantized", MatrixSpectrum::isQuantized),
                Column.number("rows", "rows", Unit.COUNT, MatrixSpectrum::rows),
                Column.number("columns", "columns", Unit.COUNT, MatrixSpectrum::columns)));
        Stream.of(SpectrumStatistic.values()).map(Column::of).forEach(columns::add);
        List<Magnitude> thresholds = report.spectrum().matrices().isEmpty()
                ? List.of()
                : report.spectrum().matrices().getFirst().thresholds();
        for (int i = 0; i < thresholds.size(); i++) {
            int number = i;
            String ratio = Numbers.plain(thresholds.get(i).ratio());
            columns.add(Column.number("magnitude." + ratio + ".threshold", "|w| at " + ratio, Unit.NUMBER,
                    matrix -> matrix.thresholds().get(number).threshold()));
        }
        for (int i = 0; i < report.spectrum().imatrices().size(); i++) {
            columns.addAll(saliency(i, SpectrumReport.fileName(report.spectrum().imatrices().get(i))));
        }
        return columns;
    }

    private static List<Column<MatrixSpectrum>> saliency(int imatrix, String file) {
        List<Column<MatrixSpectrum>> columns = new ArrayList<>();
        for (int i = 0; i < Saliency.PERCENTS.size(); i++) {
            int number = i;
            int percent = Saliency.PERCENTS.get(i);
            columns.add(Column.number("wanda." + file + ".score_share." + percent, "saliency of " + percent + "%",
                    Unit.SHARE,
                    matrix -> matrix.saliencies().get(imatrix) == null
                            ? Double.NaN
                            : matrix.saliencies().get(imatrix).scoreShare()[number]));
        }
        columns.add(Column.number("wanda." + file + ".two_of_four.score_share", "saliency of 2:4", Unit.SHARE,
                matrix -> matrix.saliencies().get(imatrix) == null
                        ? Double.NaN
                        : matrix.saliencies().get(imatrix).pairScore()));
        columns.add(Column.number("wanda." + file + ".top_columns", "top columns", Unit.SHARE,
                matrix -> matrix.saliencies().get(imatrix) == null
                        ? Double.NaN
                        : matrix.saliencies().get(imatrix).topColumns()));
        return columns;
    }

    static Column<MatrixSpectrum> expert() {
        return Column.number("expert", "expert", Unit.COUNT,
                matrix -> matrix.expert() < 0 ? Double.NaN : matrix.expert());
    }

    static String type(MatrixSpectrum matrix) {
        return matrix.info().type().label().toUpperCase(Locale.ROOT);
    }

    static List<Column<LayerSpectrum>> ofLayers(SpectrumReport report) {
        List<LayerSpectrum> layers = report.layers();
        double[] ratios = report.ratios();
        List<Column<LayerSpectrum>> columns = new ArrayList<>(List.of(
                Column.number("layer", "layer", Unit.COUNT, layer -> layer.layer().number()),
                Column.number("matrices", "matrices", Unit.COUNT, layer -> layer.matrices().size()),
                Column.number("numel", "weights", Unit.COUNT, LayerSpectrum::elements),
                Column.number("alpha", "α", Unit.NUMBER, layer -> report.score(layer, report.score())),
                Column.number("sparsity", "prune by α", Unit.SHARE, layer -> ratios[layers.indexOf(layer)])));
        for (int i = 0; i < report.spectrum().imatrices().size(); i++) {
            if (report.hasOutliers(i)) {
                columns.addAll(outliers(report, i));
            }
        }
        for (Estimator estimator : Estimator.values()) {
            columns.add(Column.number("score." + estimator, "α " + estimator, Unit.NUMBER,
                    layer -> layer.score(estimator)));
        }
        for (Estimator estimator : Estimator.values()) {
            columns.add(Column.number("score_farms." + estimator, "FARMS " + estimator, Unit.NUMBER,
                    layer -> layer.farmsScore(estimator)));
        }
        columns.addAll(List.of(stableRank(), deficit(),
                Column.number("v.entropy", "V entropy", Unit.NUMBER,
                        layer -> layer.v() == null ? Double.NaN : layer.v().entropy()),
                Column.number("v.deficit", "V deficit", Unit.NUMBER,
                        layer -> layer.v() == null ? Double.NaN : layer.v().deficit()),
                Column.number("qk.entropy", "QK entropy", Unit.NUMBER,
                        layer -> layer.qk() == null ? Double.NaN : layer.qk().entropy()),
                Column.number("qk.deficit", "QK deficit", Unit.NUMBER,
                        layer -> layer.qk() == null ? Double.NaN : layer.qk().deficit()),
                Column.number("qk.effective_rank", "QK eff rank", Unit.NUMBER,
                        layer -> layer.qk() == null ? Double.NaN : layer.qk().effectiveRank())));
        return columns;
    }

    static Column<LayerSpectrum> stableRank() {
        return Column.number("stable_rank", "stable rank", Unit.NUMBER, LayerSpectrum::stableRank);
    }

    static Column<LayerSpectrum> deficit() {
        return Column.number("entropy_deficit", "deficit", Unit.NUMBER, LayerSpectrum::entropyDeficit);
    }

    /** The share of outliers and what OWL makes of it, for one importance matrix. */
    static List<Column<LayerSpectrum>> outliers(SpectrumReport report, int imatrix) {
        List<LayerSpectrum> layers = report.layers();
        double[] ratios = report.outlierRatios(imatrix);
        String file = SpectrumReport.fileName(report.spectrum().imatrices().get(imatrix));
        String number = report.spectrum().imatrices().size() == 1 ? "" : " " + (imatrix + 1);
        return List.of(
                Column.number("outliers." + file, "outliers" + number, Unit.SHARE,
                        layer -> layer.outliers(imatrix, LayerScores.FACTOR) / 100),
                Column.number("owl_sparsity." + file, "prune by outliers" + number, Unit.SHARE,
                        layer -> ratios[layers.indexOf(layer)]));
    }
}
