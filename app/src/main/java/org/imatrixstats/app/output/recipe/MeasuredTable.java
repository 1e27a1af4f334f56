package org.imatrixstats.app.output.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.io.Sources;

/** What was measured near the size of a recipe, for people. */
final class MeasuredTable {
    private final RecipeReport.Sized sized;
    private final MeasuredModel.Nearby measured;

    MeasuredTable(RecipeReport.Sized sized, MeasuredModel.Nearby measured) {
        this.sized = sized;
        this.measured = measured;
    }

    private String file() {
        return Sources.name(measured.file());
    }

    boolean isEmpty() {
        return measured.near().isEmpty();
    }

    TextTable table() {
        List<TextColumn> columns = new ArrayList<>(List.of(
                new TextColumn("model", measured.near().stream().map(each -> Text.printable(each.point().name())
                        + (each.isRecipe() ? " (this recipe)" : "")).toList(), true, 0),
                column("size", 2, each -> percent(each)),
                column("bpw", 0, each -> Numbers.fixed(each.bitsPerWeight(), 4)),
                column("KLD", 0, each -> RecipeWorth.number(each.point().result().kld()))));
        if (measured.near().stream().anyMatch(each -> Double.isFinite(each.point().result().kldError()))) {
            columns.add(column("±", 1, each -> error(each.point().result().kldError())));
        }
        if (sized.predicts()) {
            columns.add(column("predicted", 1, each -> RecipeWorth.number(each.predicted())));
            columns.add(column("KLD / predicted", 1, each -> ratio(each.ratio())));
            columns.add(column("recipe of its size", 2, each -> RecipeWorth.number(each.recipe())));
        }
        return new TextTable("measured near this size (" + Text.printable(file()) + ")", columns);
    }

    /** One sentence each. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (isEmpty()) {
            notes.add(file() + " has no measurement of this model near this size");
        }
        if (measured.others() > 0) {
            notes.add(file() + " has " + Numbers.count(measured.others(), "measurement")
                    + " of this model at other sizes: --frontier shows all");
        }
        if (measured.foreign() > 0) {
            notes.add(file() + " has " + Numbers.count(measured.foreign(), "measurement")
                    + " of models with another file name");
        }
        if (measured.differ()) {
            notes.add("Not all were measured on the same model, text and arguments: those cannot be compared");
        }
        return notes;
    }

    /** What was measured of the recipe itself; null if it was not. */
    String ofRecipe() {
        return measured.ofRecipe()
                .map(each -> "measured KL divergence " + RecipeWorth.number(each.point().result().kld())
                        + " ± " + error(each.point().result().kldError())
                        + (sized.predicts() ? ", " + ratio(each.ratio()) + " times the prediction" : ""))
                .orElse(null);
    }

    private String percent(MeasuredModel model) {
        double percent = 100.0 * model.bytes() / sized.recipe().plan().quantBytes() - 100;
        String text = Numbers.fixed(Math.abs(percent), 1) + "%";
        return text.equals("0.0%") ? "same" : (percent > 0 ? "+" : "-") + text;
    }

    private static String ratio(double ratio) {
        return Double.isFinite(ratio) ? Numbers.fixed(ratio, 2) : Cells.UNDEFINED;
    }

    private static String error(double error) {
        return Double.isFinite(error) ? Numbers.significant(error, 2) : Cells.UNDEFINED;
    }

    private TextColumn column(String header, int priority, Function<MeasuredModel, String> cell) {
        return new TextColumn(header, measured.near().stream().map(cell).toList(), false, priority);
    }
}
