package org.imatrixstats.app.output.recipe;

import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.Json;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.Sources;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.plan.Rule;
import org.imatrixstats.recipe.TypeChoice;
import org.imatrixstats.recipe.KindTotals;
import org.imatrixstats.recipe.PredictedKld;
import org.imatrixstats.recipe.Recipe;
import org.imatrixstats.recipe.TensorErrors;
import org.imatrixstats.tensor.TensorName;

import tools.jackson.core.JsonGenerator;

/** {@code imatrix-stats/recipe/1}, described by {@code docs/schema/recipe-1.schema.json}. */
final class RecipeJsonWriter {
    private final RecipeReport report;
    private final StringWriter text = new StringWriter();
    private final JsonGenerator json = Json.generator(text, true);

    RecipeJsonWriter(RecipeReport report) {
        this.report = report;
    }

    String text() {
        json.writeStartObject();
        json.writeStringProperty("schema", "imatrix-stats/recipe/1");
        json.writeStringProperty("dialect", report.dialect().name());
        json.writeStringProperty("base", report.base().name());
        json.writeStringProperty("model", report.files().model().map(Sources::name).orElse(null));
        json.writeStringProperty("imatrix", report.files().imatrix().map(Object::toString).orElse(null));
        json.writeStringProperty("ranked_by", report.ranking().toString());
        Recipe recipe = report.sized().map(RecipeReport.Sized::recipe).orElse(null);
        integer("budget_bytes", recipe == null ? null : recipe.budget());
        integer("quant_bytes", recipe == null ? null : recipe.plan().quantBytes());
        number("quant_mib", recipe == null
                ? Double.NaN
                : Double.parseDouble(Numbers.fixed(recipe.plan().quantMib(), 2)));
        number("bpw", recipe == null ? Double.NaN : recipe.plan().bitsPerWeight());
        number("loss", recipe == null ? Double.NaN : recipe.loss());
        number("loss_lower_bound", recipe == null ? Double.NaN : recipe.lowerBound());
        number("gap", recipe == null ? Double.NaN : recipe.gap());
        number("distortion",
                recipe == null ? Double.NaN : KindTotals.distortion(report.sized().orElseThrow().kinds()));
        json.writeStringProperty("distortion_source",
                report.sized().map(sized -> sized.losses().distortion().source()).orElse(null));
        json.writeStringProperty("importance", report.sized().map(RecipeReport.Sized::importance).orElse(null));
        json.writeStringProperty("importance_source",
                report.sized().flatMap(sized -> sized.losses().scores()).orElse(null));
        json.writeStringProperty("errors_source",
                report.sized().flatMap(sized -> sized.losses().errors()).map(TensorErrors::source).orElse(null));
        PredictedKld kld = report.sized().filter(RecipeReport.Sized::predicts).map(RecipeReport.Sized::recipe)
                .map(made -> PredictedKld.of(made.loss(), made.plan().bitsPerWeight())).orElse(null);
        number("predicted_kld", kld == null ? Double.NaN : kld.value());
        boolean range = kld != null && report.sized().orElseThrow().losses().scores().isEmpty();
        number("predicted_kld_low", range ? kld.low() : Double.NaN);
        number("predicted_kld_high", range ? kld.high() : Double.NaN);
        json.writeNumberProperty("file_type", report.base().number());
        Json.writeTexts(json, "types",
                recipe == null ? List.of() : recipe.types().stream().map(report.dialect()::nameOf).toList());
        Json.writeTexts(json, "command", new QuantizeCommand(report).arguments());
        json.writeArrayPropertyStart("rules");
        report.rules().forEach(this::write);
        json.writeEndArray();
        json.writeArrayPropertyStart("tensors");
        report.sized().ifPresentOrElse(sized -> write(sized.recipe()),
                () -> report.ranked().orElseThrow().promotion().tensors().forEach(this::write));
        json.writeEndArray();
        json.writeName("versus");
        report.sized().flatMap(RecipeReport.Sized::versus).ifPresentOrElse(this::writeVersus, json::writeNull);
        json.writeName("measured");
        report.sized().flatMap(RecipeReport.Sized::measured).ifPresentOrElse(this::write, json::writeNull);
        Json.writeTexts(json, "caveats", report.caveats());
        Json.writeTexts(json, "warnings", report.warnings());
        json.writeEndObject();
        json.close();
        return text + "\n";
    }

    private void write(Rule rule) {
        json.writeStartObject();
        json.writeStringProperty("rule", rule.text());
        json.writeStringProperty("pattern", rule.pattern().text());
        json.writeStringProperty("type", report.dialect().nameOf(rule.type()));
        json.writeEndObject();
    }

    /** Tensors in the order of the plan, those that are not quantized too. */
    private void write(Recipe recipe) {
        Map<String, TypeChoice> choices = recipe.choices().stream()
                .collect(Collectors.toMap(choice -> choice.tensor().name(), Function.identity()));
        for (PlannedTensor tensor : recipe.plan().tensors()) {
            TypeChoice choice = choices.get(tensor.name());
            write(tensor.name(), tensor.type(), tensor.bytes(), choice == null ? Double.NaN : choice.weight(),
                    choice == null ? Double.NaN : choice.loss(), choice != null && choice.hasEntry(),
                    choice != null && choice.pinned(), tensor.quantized());
        }
    }

    private void write(TensorName tensor) {
        write(tensor.name(), report.ranked().orElseThrow().promotion().type(), null, Double.NaN, Double.NaN, true,
                false, true);
    }

    private void write(String name, GgmlType type, Long bytes, double weight, double loss, boolean entry,
            boolean pinned, boolean quantized) {
        json.writeStartObject();
        json.writeStringProperty("name", name);
        json.writeStringProperty("type", report.dialect().nameOf(type));
        integer("bytes", bytes);
        number("weight", weight);
        number("loss", loss);
        json.writeBooleanProperty("imatrix_entry", entry);
        json.writeBooleanProperty("pinned", pinned);
        json.writeBooleanProperty("quantized", quantized);
        json.writeEndObject();
    }

    private void write(MeasuredModel.Nearby measured) {
        boolean predicts = report.sized().orElseThrow().predicts();
        json.writeStartObject();
        json.writeStringProperty("file", Sources.name(measured.file()));
        json.writeNumberProperty("others", measured.others());
        json.writeNumberProperty("other_models", measured.foreign());
        json.writeArrayPropertyStart("models");
        for (MeasuredModel model : measured.near()) {
            json.writeStartObject();
            json.writeStringProperty("name", model.point().name());
            json.writeBooleanProperty("is_recipe", model.isRecipe());
            integer("quant_bytes", model.bytes());
            number("bpw", model.bitsPerWeight());
            number("kld", model.point().result().kld());
            number("kld_error", model.point().result().kldError());
            number("predicted_kld", predicts ? model.predicted() : Double.NaN);
            number("recipe_predicted_kld", predicts ? model.recipe() : Double.NaN);
            json.writeStringProperty("text", model.point().text().isEmpty() ? null : model.point().text());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void writeVersus(RecipeReport.Versus versus) {
        RecipeReport.Sized sized = report.sized().orElseThrow();
        Plan plan = versus.plan();
        json.writeStartObject();
        json.writeStringProperty("base", plan.options().base().name());
        integer("quant_bytes", plan.quantBytes());
        number("bpw", plan.bitsPerWeight());
        number("distortion", KindTotals.distortion(sized.versusKinds()));
        json.writeBooleanProperty("nearest", !versus.chosen());
        number("loss", sized.versusLoss());
        number("predicted_kld", sized.predicts() ? sized.versusLoss() : Double.NaN);
        number("recipe_loss", versus.loss());
        number("loss_ratio", versus.loss() / sized.versusLoss());
        json.writeArrayPropertyStart("kinds");
        Map<String, KindTotals> others = sized.versusKinds().stream()
                .collect(Collectors.toMap(KindTotals::kind, Function.identity()));
        for (KindTotals kind : sized.kinds()) {
            KindTotals other = others.get(kind.kind());
            json.writeStartObject();
            json.writeStringProperty("kind", kind.kind());
            integer("bytes", kind.bytes());
            integer("versus_bytes", other.bytes());
            number("distortion", kind.distortion());
            number("versus_distortion", other.distortion());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void integer(String key, Long number) {
        if (number == null) {
            json.writeNullProperty(key);
        } else {
            json.writeNumberProperty(key, number.longValue());
        }
    }

    private void number(String key, double number) {
        if (Double.isFinite(number)) {
            json.writeNumberProperty(key, number);
        } else {
            json.writeNullProperty(key);
        }
    }
}
