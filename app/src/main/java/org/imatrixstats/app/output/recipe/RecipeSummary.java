package org.imatrixstats.app.output.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.Page;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.Sources;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.recipe.KindTotals;
import org.imatrixstats.tensor.TensorName;

/** What a recipe does, for people: its size, how good it is by its own measure, what each kind gets, what to beware of. */
public final class RecipeSummary {
    private static final int WIDEST = 100;
    private static final String ALL = "all";
    private static final int MOST_TYPES = 3;

    private final RecipeReport report;
    private final Terminal terminal;
    private final Page page;

    private RecipeSummary(RecipeReport report, Terminal terminal) {
        this.report = report;
        this.terminal = terminal;
        this.page = new Page(terminal.atMost(WIDEST));
    }

    public static String of(RecipeReport report, Terminal terminal) {
        RecipeSummary summary = new RecipeSummary(report, terminal);
        report.sized().ifPresentOrElse(summary::add, () -> summary.add(report.ranked().orElseThrow()));
        summary.page.line("");
        report.caveats().forEach(caveat -> summary.page.paragraph(caveat, terminal::dim));
        return summary.page.text();
    }

    private void add(RecipeReport.Sized sized) {
        Plan plan = sized.recipe().plan();
        page.paragraph(Sources.name(report.files().model().orElseThrow()) + " for " + report.dialect(), terminal::bold);
        page.indented(RecipeText.size(plan) + "; " + Numbers.grouped(sized.recipe().budget() - plan.quantBytes())
                + " bytes below the target");
        page.indented(checked());
        page.indented(RecipeWorth.quality(sized));
        sized.versus().ifPresent(other -> page.indented(RecipeWorth.versus(sized, other)));
        Optional<MeasuredTable> measured = sized.measured().map(each -> new MeasuredTable(sized, each));
        measured.map(MeasuredTable::ofRecipe).ifPresent(page::indented);
        page.indented(RecipeWorth.label(report.base(), sized));
        page.line("");
        List<KindTotals> kinds = sized.kinds();
        page.add(List.of(new TextTable("", Stream.concat(Stream.of(kinds(kinds)), sized.versus().isPresent()
                ? versusColumns(sized).stream()
                : columns(sized).stream()).toList())));
        measured.ifPresent(this::add);
    }

    private void add(MeasuredTable measured) {
        if (!measured.isEmpty()) {
            page.add(List.of(measured.table()));
        }
        if (!measured.notes().isEmpty()) {
            page.line("");
            measured.notes().forEach(note -> page.paragraph(note + ".", terminal::dim));
        }
    }

    private String checked() {
        int rules = report.rules().size();
        return rules + (rules == 1 ? " rule" : " rules") + ", tested with the matching of " + report.dialect();
    }

    private TextColumn kinds(List<KindTotals> kinds) {
        return text("kind", with(kinds, KindTotals::kind, ALL), 0);
    }

    private List<TextColumn> columns(RecipeReport.Sized sized) {
        List<KindTotals> kinds = sized.kinds();
        Plan plan = sized.recipe().plan();
        return List.of(number("tensors", with(kinds, kind -> "" + kind.count(),
                "" + kinds.stream().mapToInt(KindTotals::count).sum()), 2),
                number("MiB", with(kinds, kind -> Numbers.fixed(kind.bytes() / (double) (1 << 20), 2),
                        Numbers.fixed(plan.quantMib(), 2)), 0),
                number("bpw", with(kinds, kind -> Numbers.fixed(kind.bitsPerWeight(), 4),
                        Numbers.fixed(plan.bitsPerWeight(), 4)), 0),
                lost(sized, kinds, sized.predicts() ? "KLD" : "distortion"),
                text("types", with(kinds, this::types, unquantized(plan)), 0));
    }

    private List<TextColumn> versusColumns(RecipeReport.Sized sized) {
        List<KindTotals> kinds = sized.kinds();
        Plan plan = sized.recipe().plan();
        Plan other = sized.versus().orElseThrow().plan();
        String name = sized.versus().orElseThrow().name();
        Map<String, KindTotals> others = sized.versusKinds().stream()
                .collect(Collectors.toMap(KindTotals::kind, Function.identity()));
        return List.of(
                number("bpw", with(kinds, kind -> Numbers.fixed(kind.bitsPerWeight(), 4),
                        Numbers.fixed(plan.bitsPerWeight(), 4)), 0),
                number(name, with(kinds, kind -> Numbers.fixed(others.get(kind.kind()).bitsPerWeight(), 4),
                        Numbers.fixed(other.bitsPerWeight(), 4)), 0),
                number("± MiB", with(kinds, kind -> signed(kind.bytes() - others.get(kind.kind()).bytes()),
                        signed(plan.quantBytes() - other.quantBytes())), 2),
                lost(sized, kinds, sized.predicts() ? "KLD" : "distortion"),
                lost(sized, kinds.stream().map(kind -> others.get(kind.kind())).toList(),
                        (sized.predicts() ? "KLD of " : "D of ") + name),
                text("types", with(kinds, this::fewTypes, ""), 0),
                text("types of " + name, with(kinds, kind -> types(others.get(kind.kind())), ""), 3));
    }

    /** What the tensors of each kind lose: of a KL divergence their part, else the relative error on average. */
    private static TextColumn lost(RecipeReport.Sized sized, List<KindTotals> kinds, String header) {
        return sized.predicts()
                ? number(header, with(kinds, kind -> RecipeWorth.number(kind.loss()),
                        RecipeWorth.number(kinds.stream().mapToDouble(KindTotals::loss).sum())), 1)
                : number(header,
                        with(kinds, kind -> RecipeWorth.number(kind.distortion()),
                                RecipeWorth.number(KindTotals.distortion(kinds))),
                        1);
    }

    private static String signed(long bytes) {
        String size = Numbers.fixed(Math.abs(bytes) / (double) (1 << 20), 2);
        return (size.equals("0.00") ? "" : bytes > 0 ? "+" : "-") + size;
    }

    /** The types of a kind, the most frequent first, beside a mix those that there is room for. */
    private String fewTypes(KindTotals kind) {
        String[] all = types(kind).split(", ");
        return String.join(", ", List.of(all).subList(0, Math.min(MOST_TYPES, all.length)))
                + (all.length > MOST_TYPES ? ", …" : "");
    }

    /** The types of a kind, the most frequent first. */
    private String types(KindTotals kind) {
        return kind.tensors().entrySet().stream()
                .sorted((a, b) -> b.getValue().size() - a.getValue().size())
                .map(entry -> report.dialect().nameOf(entry.getKey())
                        + (kind.tensors().size() == 1 ? "" : " ×" + entry.getValue().size()))
                .collect(Collectors.joining(", "));
    }

    private static String unquantized(Plan plan) {
        List<PlannedTensor> left = plan.tensors().stream().filter(tensor -> !tensor.quantized()).toList();
        return left.isEmpty()
                ? ""
                : "with " + left.size() + " not quantized, "
                        + Numbers.fixed(left.stream().mapToLong(PlannedTensor::bytes).sum() / (double) (1 << 20), 2)
                        + " MiB";
    }

    private void add(RecipeReport.Ranked ranked) {
        int chosen = ranked.promotion().tensors().size();
        int all = ranked.promotion().ofKind().values().stream().mapToInt(Integer::intValue).sum();
        page.paragraph(report.files().imatrix().orElseThrow() + " for " + report.dialect(), terminal::bold);
        page.indented(report.dialect().nameOf(ranked.promotion().type()) + " for " + chosen + " of " + all
                + " tensors, the others as " + report.base() + " has them");
        page.indented(checked()
                + ". The " + (ranked.least() ? "least" : "most") + " important "
                + Numbers.plain(Math.round(1e6 * ranked.share()) / 1e4) + "% of each kind by " + report.ranking()
                + "; the size needs the model (--model with --target-bpw, or imatrix-stats plan).");
        page.line("");
        Map<String, List<TensorName>> byKind = ranked.promotion().tensors().stream()
                .collect(Collectors.groupingBy(TensorName::kind, Collectors.toList()));
        List<String> kinds = List.copyOf(ranked.promotion().ofKind().keySet());
        GgmlType type = ranked.promotion().type();
        page.add(List.of(new TextTable("", List.of(text("kind", kinds, 0),
                text("layers in " + report.dialect().nameOf(type),
                        kinds.stream().map(kind -> RecipeText.layers(byKind.getOrDefault(kind, List.of()))).toList(),
                        0),
                number("of", kinds.stream().map(kind -> "" + ranked.promotion().ofKind().get(kind)).toList(), 1)))));
    }

    private static List<String> with(List<KindTotals> kinds, Function<KindTotals, String> cell, String last) {
        List<String> cells = new ArrayList<>(kinds.stream().map(cell).toList());
        cells.add(last);
        return cells;
    }

    private static TextColumn text(String header, List<String> cells, int priority) {
        return new TextColumn(header, cells.stream().map(Text::printable).toList(), true, priority);
    }

    private static TextColumn number(String header, List<String> cells, int priority) {
        return new TextColumn(header, cells, false, priority);
    }
}
