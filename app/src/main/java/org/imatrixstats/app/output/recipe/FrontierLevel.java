package org.imatrixstats.app.output.recipe;

import java.util.List;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.stats.Figure.Unit;

/** A size per row: all for programs, those of one sort in a table for people. */
final class FrontierLevel extends Level<FrontierReport, FrontierRow> {
    private static final double MIB = 1 << 20;
    private static final double GIB = 1 << 30;

    /** All rows, the smallest first. */
    static final FrontierLevel ALL = new FrontierLevel(null, List.of("sort", "name", "quant_bytes"));
    private static final FrontierLevel RECIPES = new FrontierLevel(FrontierRow.Sort.RECIPE, List.of());
    private static final FrontierLevel MIXES = new FrontierLevel(FrontierRow.Sort.MIX, List.of("name"));
    private static final FrontierLevel MEASURED = new FrontierLevel(FrontierRow.Sort.MEASURED, List.of("name"));
    /** The tables for people. */
    static final List<FrontierLevel> TABLES = List.of(RECIPES, MIXES, MEASURED);

    private final FrontierRow.Sort sort;

    private FrontierLevel(FrontierRow.Sort sort, List<String> names) {
        super("row", names, List.of(Column.text("sort", "what", FrontierRow::sort),
                Column.text("name", "mix", FrontierRow::name),
                Column.number("quant_bytes", "bytes", Unit.COUNT, FrontierRow::bytes),
                Column.number("mib", "MiB", Unit.RATIO, row -> row.bytes() / MIB),
                Column.number("gib", "GiB", Unit.RATIO, row -> row.bytes() / GIB),
                Column.number("bpw", "bpw", Unit.RATIO, FrontierRow::bitsPerWeight),
                Column.number("predicted", "predicted", Unit.NUMBER, FrontierRow::loss),
                Column.number("factor", "× before", Unit.RATIO, FrontierRow::factor),
                Column.number("recipe", "recipe of its size", Unit.NUMBER, FrontierRow::recipe),
                Column.number("ratio", "ratio", Unit.RATIO, FrontierRow::ratio),
                Column.number("measured", "measured", Unit.NUMBER, FrontierRow::measured),
                Column.number("measured_error", "±", Unit.NUMBER, FrontierRow::measuredError),
                Column.text("knee", "knee", row -> row.knee() ? "knee" : null),
                Column.text("types", "types of most weights", FrontierRow::types)));
        this.sort = sort;
    }

    @Override
    public List<FrontierRow> rows(FrontierReport report) {
        return report.rows().stream().filter(row -> sort == null || row.sort() == sort).toList();
    }

    @Override
    public String order() {
        return "quant_bytes";
    }

    @Override
    protected List<List<String>> shown(Sheet<FrontierReport, FrontierRow> sheet) {
        String size = sheet.source().isLarge() ? "gib" : "mib";
        if (sort == FrontierRow.Sort.RECIPE) {
            return keys(size, "bpw", "predicted", "factor", "knee", "types");
        }
        return sort == FrontierRow.Sort.MIX && !sheet.source().hasMeasured()
                ? keys(size, "bpw", "predicted", "recipe", "ratio")
                : sort == FrontierRow.Sort.MIX
                        ? keys(size, "bpw", "predicted", "recipe", "ratio", "measured", "measured_error")
                        : keys(size, "bpw", "measured", "measured_error", "recipe");
    }

    /** Losses go over many powers of ten: each has three digits. */
    @Override
    protected List<TextColumn> textColumns(Sheet<FrontierReport, FrontierRow> sheet, Terminal terminal,
            List<String> names) {
        return super.textColumns(sheet, terminal, names).stream().map(column -> {
            Column<FrontierRow> shown = columns().stream().filter(each -> each.header().equals(column.header()))
                    .findFirst().orElseThrow();
            return shown.isText() || shown.unit() != Unit.NUMBER
                    ? column
                    : new TextColumn(column.header(), sheet.rows().stream()
                            .map(row -> digits(shown.number().applyAsDouble(row))).toList(), false, column.priority());
        }).toList();
    }

    private static String digits(double loss) {
        return !Double.isFinite(loss)
                ? Cells.UNDEFINED
                : loss == 0 || Math.abs(loss) >= 1e-4
                        ? Numbers.fixed(loss, Math.clamp(2 - (int) Math.floor(Math.log10(Math.abs(loss) + 1e-9)), 0, 6))
                        : Numbers.scientific(loss, 2);
    }

    @Override
    protected String title(Sheet<FrontierReport, FrontierRow> sheet) {
        return sort == null ? "" : switch (sort) {
            case RECIPE -> "recipes";
            case MIX -> "standard mixes";
            case MEASURED -> "measured";
        };
    }
}
