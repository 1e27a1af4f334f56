package org.imatrixstats.app.output.spectrum;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Json;
import org.imatrixstats.app.output.JsonRow;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.spectrum.Agreement;
import org.imatrixstats.spectrum.Entropy;
import org.imatrixstats.spectrum.Estimator;
import org.imatrixstats.spectrum.Exponents;
import org.imatrixstats.spectrum.Farms;
import org.imatrixstats.spectrum.Hill;
import org.imatrixstats.spectrum.LayerScores;
import org.imatrixstats.spectrum.LayerSpectrum;
import org.imatrixstats.spectrum.Magnitude;
import org.imatrixstats.spectrum.MatrixSpectrum;
import org.imatrixstats.spectrum.PowerLaw;
import org.imatrixstats.spectrum.Saliency;
import org.imatrixstats.spectrum.Sparsity;
import org.imatrixstats.spectrum.SpectrumStatistic;

import tools.jackson.core.JsonGenerator;

/** {@code imatrix-stats/spectrum/1}, described by {@code docs/schema/spectrum-1.schema.json}. */
public final class SpectrumJson {
    private static final JsonRow<MatrixSpectrum> FIGURES = figures(key -> !isExponent(key) && !key.startsWith("mp."));
    private static final JsonRow<MatrixSpectrum> EDGES = figures(key -> key.startsWith("mp."));

    private final JsonGenerator json;
    private final SpectrumReport report;
    private final int mostValues;

    private SpectrumJson(JsonGenerator json, SpectrumReport report, int mostValues) {
        this.json = json;
        this.report = report;
        this.mostValues = mostValues;
    }

    private static JsonRow<MatrixSpectrum> figures(Predicate<String> keys) {
        return new JsonRow<>(Stream.of(SpectrumStatistic.values()).filter(each -> keys.test(each.key())).map(Column::of)
                .toList());
    }

    /** Exponents are written with all that belongs to their fits. */
    private static boolean isExponent(String key) {
        return key.startsWith("alpha.") || key.startsWith("farms.");
    }

    /**
     * The spectra of some models.
     *
     * @param mostValues of singular values that are written of a matrix; of more, so many evenly spaced ones. 0 for none
     */
    public static String text(List<SpectrumReport> reports, int mostValues) {
        StringWriter text = new StringWriter();
        JsonGenerator json = Json.generator(text, true);
        json.writeStartObject();
        json.writeStringProperty("schema", "imatrix-stats/spectrum/1");
        json.writeArrayPropertyStart("models");
        reports.forEach(report -> new SpectrumJson(json, report, mostValues).write());
        return Json.ended(json, text);
    }

    private void write() {
        json.writeStartObject();
        json.writeStringProperty("file", report.spectrum().name());
        json.writeStringProperty("architecture", report.architecture());
        json.writeStringProperty("method", report.spectrum().exact() ? "exact" : "farms");
        Json.writeTexts(json, "imatrices", report.spectrum().imatrices());
        ratios();
        json.writeArrayPropertyStart("tensors");
        report.spectrum().matrices().forEach(this::write);
        json.writeEndArray();
        json.writeArrayPropertyStart("skipped");
        report.spectrum().skipped().forEach(each -> {
            json.writeStartObject();
            json.writeStringProperty("name", each.name());
            json.writeStringProperty("why", each.why());
            json.writeEndObject();
        });
        json.writeEndArray();
        json.writeArrayPropertyStart("layers");
        report.layers().forEach(this::write);
        json.writeEndArray();
        averages();
        sparsity();
        json.writeObjectPropertyStart("imatrix");
        for (int i = 0; i < report.spectrum().imatrices().size(); i++) {
            imatrix(i);
        }
        json.writeEndObject();
        agreement();
        json.writeEndObject();
    }

    /** What pruning scripts read: a share for each layer. */
    private void ratios() {
        json.writeObjectPropertyStart("ratios");
        json.writeStringProperty("score", (report.spectrum().exact() ? "" : "farms_") + report.score());
        json.writeNumberProperty("sparsity", report.pruning().sparsity());
        json.writeNumberProperty("epsilon", report.pruning().epsilon());
        json.writeNumberProperty("lambda", report.pruning().lambda());
        json.writeNumberProperty("cap", Sparsity.CAP);
        json.writeArrayPropertyStart("layers");
        report.layers().forEach(layer -> json.writeNumber(layer.layer().number()));
        json.writeEndArray();
        numbers("by_exponent", report.ratios());
        if (!report.spectrum().imatrices().isEmpty() && report.hasOutliers(0)) {
            numbers("by_outliers", report.outlierRatios(0));
        } else {
            json.writeNullProperty("by_outliers");
        }
        json.writeEndObject();
    }

    private void write(MatrixSpectrum matrix) {
        json.writeStartObject();
        json.writeStringProperty("name", matrix.name().name());
        whole("expert", matrix.expert());
        whole("layer", matrix.name().hasLayer() ? matrix.name().layer() : -1);
        json.writeStringProperty("kind", matrix.name().kind());
        json.writeStringProperty("dtype", SpectrumColumns.type(matrix));
        json.writeBooleanProperty("quantized", matrix.isQuantized());
        json.writeName("shape");
        json.writeArray(new long[]{matrix.rows(), matrix.columns()}, 0, 2);
        if (matrix.spectrum() == null || mostValues == 0) {
            json.writeNullProperty("singular_values");
        } else {
            numbers("singular_values", spaced(matrix.spectrum().sigma(), mostValues));
        }
        FIGURES.writeFields(json, matrix);
        exponents("alpha", matrix.exponents());
        json.writeName("farms");
        write(matrix.farms());
        EDGES.writeFields(json, matrix);
        json.writeObjectPropertyStart("magnitude");
        for (Magnitude each : matrix.thresholds()) {
            json.writeObjectPropertyStart(Numbers.plain(each.ratio()));
            json.writeNumberProperty("threshold", each.threshold());
            json.writeNumberProperty("pruned", each.pruned());
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static double[] spaced(double[] values, int most) {
        if (values.length <= most) {
            return values;
        }
        double[] spaced = new double[most];
        for (int i = 0; i < most; i++) {
            spaced[i] = values[(int) Math.round(i * (values.length - 1.0) / (most - 1))];
        }
        return spaced;
    }

    private void write(Farms farms) {
        json.writeStartObject();
        json.writeNumberProperty("windows", farms.windows());
        json.writeNumberProperty("windows_used", farms.windowsUsed());
        json.writeNumberProperty("eigenvalues_used", farms.used());
        fields(farms.exponents());
        json.writeEndObject();
    }

    private void exponents(String key, Exponents exponents) {
        if (exponents == null) {
            json.writeNullProperty(key);
            return;
        }
        json.writeObjectPropertyStart(key);
        fields(exponents);
        json.writeEndObject();
    }

    private void fields(Exponents exponents) {
        law("none", exponents.none(), true, false);
        law("xmin_mid", exponents.mid(), false, false);
        law("xmin_peak", exponents.peak(), true, true);
        law("xmin_peak_linear", exponents.peakLinear(), true, true);
        hill("hill_half", exponents.half());
        hill("hill_tenth", exponents.tenth());
    }

    private void law(String key, PowerLaw law, boolean chosen, boolean peak) {
        if (law == null) {
            json.writeNullProperty(key);
            return;
        }
        json.writeObjectPropertyStart(key);
        number("alpha", law.alpha());
        number("D", law.distance());
        json.writeNumberProperty("start", law.start());
        number("sigma", law.sigma());
        if (chosen) {
            number("gap", law.gap());
        }
        if (peak) {
            number("x_peak", law.peak());
        }
        json.writeEndObject();
    }

    private void hill(String key, Hill hill) {
        if (hill == null) {
            json.writeNullProperty(key);
            return;
        }
        json.writeObjectPropertyStart(key);
        number("alpha", hill.alpha());
        json.writeNumberProperty("k", hill.k());
        json.writeEndObject();
    }

    private void write(LayerSpectrum layer) {
        int place = report.layers().indexOf(layer);
        json.writeStartObject();
        json.writeNumberProperty("layer", layer.layer().number());
        json.writeStringProperty("stack", layer.layer().stack().isEmpty() ? null : layer.layer().stack());
        json.writeNumberProperty("matrices", layer.matrices().size());
        json.writeNumberProperty("numel", layer.elements());
        number("alpha", report.score(layer, report.score()));
        number("sparsity", report.ratios()[place]);
        scores("score", layer::score);
        scores("score_farms", layer::farmsScore);
        number("score_farms_hill_tenth", layer.farmsScore(Estimator.HILL_TENTH));
        number("stable_rank", layer.stableRank());
        number("entropy_deficit", layer.entropyDeficit());
        entropy("v", layer.v(), false);
        entropy("qk", layer.qk(), true);
        json.writeEndObject();
    }

    private void scores(String key, Function<Estimator, Double> score) {
        json.writeObjectPropertyStart(key);
        for (Estimator estimator : Estimator.values()) {
            number(estimator.toString(), score.apply(estimator));
        }
        json.writeEndObject();
    }

    private void entropy(String key, Entropy entropy, boolean ranks) {
        if (entropy == null) {
            json.writeNullProperty(key);
            return;
        }
        json.writeObjectPropertyStart(key);
        number("entropy", entropy.entropy());
        number("entropy_published", entropy.published());
        number("baseline", entropy.baseline());
        if (ranks) {
            number("effective_rank", entropy.effectiveRank());
            number("stable_rank", entropy.stableRank());
        }
        json.writeEndObject();
    }

    private void averages() {
        json.writeObjectPropertyStart("averages");
        number("v_entropy_published", average(LayerSpectrum::v));
        number("qk_entropy_published", average(LayerSpectrum::qk));
        json.writeEndObject();
    }

    private double average(Function<LayerSpectrum, Entropy> entropy) {
        return report.layers().stream().map(entropy).filter(each -> each != null).mapToDouble(Entropy::published)
                .filter(Double::isFinite).average().orElse(Double.NaN);
    }

    private void sparsity() {
        String key = "S=" + Numbers.plain(report.pruning().sparsity()) + " eps="
                + Numbers.plain(report.pruning().epsilon());
        json.writeObjectPropertyStart("sparsity");
        for (Estimator estimator : Estimator.values()) {
            json.writeObjectPropertyStart(estimator.toString());
            json.writeObjectPropertyStart(key);
            numbers("published", report.ratios(estimator, Double.POSITIVE_INFINITY));
            numbers("capped", report.ratios(estimator, Sparsity.CAP));
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private void imatrix(int imatrix) {
        json.writeObjectPropertyStart(SpectrumReport.fileName(report.spectrum().imatrices().get(imatrix)));
        json.writeArrayPropertyStart("wanda");
        report.spectrum().matrices().stream().filter(matrix -> matrix.saliencies().get(imatrix) != null)
                .forEach(matrix -> write(matrix, matrix.saliencies().get(imatrix)));
        json.writeEndArray();
        json.writeArrayPropertyStart("wanda_percent");
        Saliency.PERCENTS.forEach(json::writeNumber);
        json.writeEndArray();
        json.writeObjectPropertyStart("owl");
        json.writeObjectPropertyStart("outliers");
        for (int factor : Saliency.FACTORS) {
            numbers(Integer.toString(factor), report.outliers(imatrix, factor));
        }
        json.writeEndObject();
        numbers("S=" + Numbers.plain(report.pruning().sparsity()) + " lambda="
                + Numbers.plain(report.pruning().lambda()), report.outlierRatios(imatrix));
        json.writeEndObject();
        json.writeEndObject();
    }

    private void write(MatrixSpectrum matrix, Saliency saliency) {
        json.writeStartObject();
        json.writeStringProperty("name", matrix.name().name());
        whole("expert", matrix.expert());
        numbers("score_share", saliency.scoreShare());
        numbers("energy_share", saliency.energyShare());
        if (Double.isNaN(saliency.pairScore())) {
            json.writeNullProperty("two_of_four");
        } else {
            json.writeObjectPropertyStart("two_of_four");
            number("score_share", saliency.pairScore());
            number("energy_share", saliency.pairEnergy());
            json.writeEndObject();
        }
        number("top_columns", saliency.topColumns());
        json.writeEndObject();
    }

    private void agreement() {
        Map<String, double[]> scores = new LinkedHashMap<>(LayerScores.of(report.spectrum()));
        List<String> names = new ArrayList<>(scores.keySet());
        json.writeObjectPropertyStart("agreement");
        for (int i = 0; i < names.size(); i++) {
            for (int j = i + 1; j < names.size(); j++) {
                number(names.get(i) + " ~ " + names.get(j),
                        Agreement.spearman(scores.get(names.get(i)), scores.get(names.get(j))));
            }
        }
        json.writeEndObject();
    }

    private void whole(String key, int number) {
        if (number < 0) {
            json.writeNullProperty(key);
        } else {
            json.writeNumberProperty(key, number);
        }
    }

    private void numbers(String key, double[] numbers) {
        json.writeArrayPropertyStart(key);
        for (double each : numbers) {
            if (Double.isFinite(each)) {
                json.writeNumber(each);
            } else {
                json.writeNull();
            }
        }
        json.writeEndArray();
    }

    private void number(String key, double number) {
        if (Double.isFinite(number)) {
            json.writeNumberProperty(key, number);
        } else {
            json.writeNullProperty(key);
        }
    }
}
