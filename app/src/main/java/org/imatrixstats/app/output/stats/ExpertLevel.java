package org.imatrixstats.app.output.stats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.imatrix.Ranges;
import org.imatrixstats.stats.ExpertStatistic;
import org.imatrixstats.stats.ExpertStats;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.stats.TensorStats;

/** An expert of a tensor per row. */
final class ExpertLevel extends Level<FileReport, ExpertStats> {
    private static final String EXPERT = "expert";
    private static final List<List<String>> SHOWN = keys("tokens", "utilization", "sum", "entropy_normalized", "mean",
            "max", "active", "elements");

    ExpertLevel() {
        super(EXPERT, List.of("name", EXPERT),
                Stream.concat(TensorLevel.nameColumns().stream().map(column -> column.on(ExpertStats::tensor)),
                        Stream.of(ExpertStatistic.values()).map(Column::of)).toList());
    }

    @Override
    public List<ExpertStats> rows(FileReport file) throws IOException {
        return file.experts();
    }

    @Override
    public String order() {
        return "utilization";
    }

    @Override
    protected List<List<String>> shown(Sheet<FileReport, ExpertStats> sheet) {
        return SHOWN;
    }

    @Override
    protected Optional<String> nameInGroup(Sheet.Grouping grouping) {
        return grouping == Sheet.Grouping.NONE ? Optional.empty() : Optional.of(EXPERT);
    }

    @Override
    public Object group(Sheet.Grouping grouping, ExpertStats row) {
        return row.tensor();
    }

    /** What there is to say about all experts of a tensor. */
    @Override
    protected String groupTitle(Sheet<FileReport, ExpertStats> sheet, ExpertStats row) {
        TensorStats tensor = row.tensor();
        List<ExpertStats> experts = experts(sheet.source()).stream().filter(each -> each.tensor() == tensor).toList();
        List<String> parts = new ArrayList<>();
        parts.add(Text.printable(tensor.name().name()) + ": " + Numbers.count(experts.size(), EXPERT));
        parts.add(named(experts.stream().filter(ExpertStats::neverReached).toList(), "never reached"));
        parts.add(named(experts.stream().filter(ExpertStats::rarelyReached).toList(), "below 1% of the fair share"));
        double entropy = Statistic.LOAD_ENTROPY.of(tensor);
        if (!Double.isNaN(entropy)) {
            parts.add("load entropy " + Numbers.fixed(100 * entropy, 2) + "%");
            parts.add("Gini " + Numbers.fixed(Statistic.LOAD_GINI.of(tensor), 2));
        }
        return parts.stream().filter(part -> !part.isEmpty()).collect(Collectors.joining(", "));
    }

    /** Read already where there are rows. */
    private static List<ExpertStats> experts(FileReport file) {
        try {
            return file.experts();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many and which; nothing for none. */
    private static String named(List<ExpertStats> experts, String what) {
        return experts.isEmpty()
                ? ""
                : experts.size() + " " + what + " (" + Ranges.of(experts.stream().mapToInt(ExpertStats::expert)) + ")";
    }

    @Override
    protected List<String> notes(Sheet<FileReport, ExpertStats> sheet, Set<String> headers) {
        return sheet.rows().isEmpty()
                ? List.of("Note: no tensor has experts.")
                : Legend.of(sheet, headers);
    }
}
