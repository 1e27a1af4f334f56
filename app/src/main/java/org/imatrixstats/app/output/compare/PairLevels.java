package org.imatrixstats.app.output.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.output.compare.CompareReport.Two;
import org.imatrixstats.compare.CoverageStatistic;
import org.imatrixstats.compare.PairGroup;
import org.imatrixstats.compare.PairStatistic;
import org.imatrixstats.compare.PairStats;
import org.imatrixstats.stats.Figure;
import org.imatrixstats.tensor.TensorName;

/** What a row is where two files are compared. To add a level: a class, and a line here. */
public final class PairLevels {
    public static final Level<Two, PairStats> TENSOR = new TensorLevel();
    public static final Level<Two, PairGroup> LAYER = new GroupLevel("layer",
            Optional.of(Level.inStack(PairGroup::layer)), Optional.of(Level.stack(PairGroup::layer))) {
        @Override
        public List<PairGroup> rows(Two two) {
            return two.selected().layers();
        }
    };
    public static final Level<Two, PairGroup> KIND = new GroupLevel("kind",
            Optional.of(Column.text("kind", "kind", PairGroup::kind)), Optional.empty()) {
        @Override
        public List<PairGroup> rows(Two two) {
            return two.selected().kinds();
        }

        @Override
        public boolean alwaysOrdered() {
            return true;
        }
    };
    public static final Level<Two, PairGroup> OVERALL = new GroupLevel("overall", Optional.empty(),
            Optional.empty()) {
        @Override
        public List<PairGroup> rows(Two two) {
            return List.of(two.selected().overall());
        }
    };
    public static final Level<Two, PairGroup> COVERAGE = new CoverageLevel();
    /** The levels that can be asked for. */
    public static final List<Level<Two, ?>> ALL = List.of(TENSOR, LAYER, KIND, COVERAGE);

    private static final String CAPTION = "JS: Jensen-Shannon divergence of the columns' energy shares, in bits. Up to 0.001 they are nearly equal; above 0.01 other columns matter. top: overlap of the largest columns (in both / in either). Σ ratio: energy of the first file / second file. differs in: columns (JS above 0.01), scale (Σ by more than a factor of 1.25), both or none. -: undefined.";

    private PairLevels() {
    }

    /** Leaves out the columns about experts if there are none. */
    private static List<List<String>> shown(List<List<String>> keys, Two two) {
        return two.hasExperts()
                ? keys
                : keys.stream().filter(each -> !each.getFirst().startsWith("experts")).toList();
    }

    /** A tensor per row. */
    private static final class TensorLevel extends Level<Two, PairStats> {
        private static final List<List<String>> SHOWN = keys("js_divergence", "difference", "energy_ratio",
                "top_overlap.10%", "spearman", "cosine_similarity", "experts_only_*", "top_overlap.1%",
                "entropy_change", "total_variation", "pearson");

        TensorLevel() {
            super("tensor", List.of("name"), tensorColumns());
        }

        private static List<Column<PairStats>> tensorColumns() {
            List<Column<PairStats>> columns = new ArrayList<>(List.of(Column.text("name", "tensor", PairStats::name),
                    Column.number("layer", "layer", Figure.Unit.COUNT, tensor -> Level.layer(tensor.name())),
                    Column.text("kind", "kind", tensor -> tensor.name().kind())));
            for (PairStatistic statistic : PairStatistic.values()) {
                columns.add(switch (statistic) {
                    case EXPERTS_ONLY_A -> Column.list(statistic, tensor -> tensor.pair().onlyInA());
                    case EXPERTS_ONLY_B -> Column.list(statistic, tensor -> tensor.pair().onlyInB());
                    default -> Column.of(statistic);
                });
            }
            columns.add(Column.text("difference", "differs in",
                    tensor -> tensor.difference() == null ? null : tensor.difference().label()));
            columns.add(Column.text("same_input_as", "same input as", PairStats::sameInputAs));
            return List.copyOf(columns);
        }

        @Override
        public List<PairStats> rows(Two two) {
            return two.selected().tensors();
        }

        @Override
        public String order() {
            return PairStatistic.JS_DIVERGENCE.key();
        }

        @Override
        public boolean alwaysOrdered() {
            return true;
        }

        @Override
        public Optional<TensorName> tensor(PairStats row) {
            return Optional.of(row.name());
        }

        @Override
        public boolean isOfTensors() {
            return true;
        }

        @Override
        protected List<List<String>> shown(Sheet<Two, PairStats> sheet) {
            return PairLevels.shown(SHOWN, sheet.source());
        }

        @Override
        protected List<String> notes(Sheet<Two, PairStats> sheet, Set<String> headers) {
            return List.of(CAPTION);
        }
    }

    /** Several tensors per row: median and worst of every measure, and which tensor is the worst. */
    private abstract static class GroupLevel extends Level<Two, PairGroup> {
        private static final List<List<String>> SHOWN = keys("js_divergence.median", "js_divergence.worst", "tensors",
                "js_divergence.worst_tensor", "energy_ratio.median", "top_overlap.10%.median", "spearman.median",
                "cosine_similarity.median", "entropy_change.median");

        /**
         * @param name empty for a level of one row
         * @param last a column after the figures
         */
        GroupLevel(String label, Optional<Column<PairGroup>> name, Optional<Column<PairGroup>> last) {
            super(label, name.stream().map(Column::key).toList(), groupColumns(name, last));
        }

        private static List<Column<PairGroup>> groupColumns(Optional<Column<PairGroup>> name,
                Optional<Column<PairGroup>> last) {
            List<Column<PairGroup>> columns = new ArrayList<>(name.stream().toList());
            columns.add(Column.number("tensors", "tensors", Figure.Unit.COUNT, group -> group.tensors().size()));
            for (PairStatistic statistic : PairStatistic.values()) {
                if (statistic.worst() != PairStatistic.Worst.NONE) {
                    String key = statistic.key();
                    String header = statistic.header();
                    columns.add(Column.number(key + ".median", header + " median", statistic.unit(),
                            group -> group.median(statistic)));
                    columns.add(Column.number(key + ".worst", header + " worst", statistic.unit(),
                            group -> group.worstFigure(statistic)));
                    columns.add(Column.text(key + ".worst_tensor", header + " worst tensor",
                            group -> group.worst(statistic) == null ? null : group.worst(statistic).name()));
                }
            }
            last.ifPresent(columns::add);
            return List.copyOf(columns);
        }

        @Override
        public String order() {
            return "js_divergence.median";
        }

        @Override
        protected List<List<String>> shown(Sheet<Two, PairGroup> sheet) {
            return SHOWN;
        }

        @Override
        protected List<String> notes(Sheet<Two, PairGroup> sheet, Set<String> headers) {
            return List.of(CAPTION);
        }
    }

    /** A kind per row: which text exercises it more. */
    private static final class CoverageLevel extends Level<Two, PairGroup> {
        private static final List<List<String>> SHOWN = keys(CompareReport.MORE, "entropy_normalized_*", "experts_*",
                "experts", "active_*");

        CoverageLevel() {
            super("coverage", List.of("kind"), coverageColumns());
        }

        private static List<Column<PairGroup>> coverageColumns() {
            List<Column<PairGroup>> columns = new ArrayList<>(
                    columns(Column.text("kind", "kind", PairGroup::kind), CoverageStatistic.values()));
            columns.add(Column.text(CompareReport.MORE, "more", group -> CoverageStatistic.more(group).label()));
            return List.copyOf(columns);
        }

        @Override
        public String plural() {
            return label();
        }

        @Override
        public List<PairGroup> rows(Two two) {
            return two.selected().kinds();
        }

        @Override
        public String order() {
            return CoverageStatistic.ENTROPY_NORMALIZED_A.key();
        }

        @Override
        protected List<List<String>> shown(Sheet<Two, PairGroup> sheet) {
            return PairLevels.shown(SHOWN, sheet.source());
        }

        @Override
        protected String title(Sheet<Two, PairGroup> sheet) {
            return "which text exercises more";
        }

        @Override
        protected List<String> notes(Sheet<Two, PairGroup> sheet, Set<String> headers) {
            Two two = sheet.source();
            return List.of(Verdict.coverage(two.selected(), two.letterA(), two.letterB()));
        }
    }
}
