package org.imatrixstats.app.output.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.stats.Figure.Unit;

/** A base type per row. */
final class SizesLevel extends Level<SizesReport, SizesLevel.Row> {
    private static final double MIB = 1 << 20;
    private static final double GIB = 1 << 30;

    /** A size with what it has to fit. */
    record Row(SizesReport.Size size, SizesReport report) {
        double plan(ToDoubleFunction<Plan> figure) {
            return size.plan().map(plan -> figure.applyAsDouble(plan)).orElse(Double.NaN);
        }
    }

    SizesLevel() {
        super("size", List.of("base"), List.of(Column.text("base", "base", row -> row.size.base().name()),
                Column.number("quant_bytes", "bytes", Unit.COUNT, row -> row.size.bytes()),
                Column.number("mib", "MiB", Unit.RATIO, row -> row.size.bytes() / MIB),
                Column.number("gib", "GiB", Unit.RATIO, row -> row.size.bytes() / GIB),
                Column.number("bpw", "bpw", Unit.RATIO, row -> row.plan(Plan::bitsPerWeight)),
                Column.number("total_gib", "GiB with context", Unit.RATIO, row -> row.report.total(row.size) / GIB),
                Column.text("fits", "fits",
                        row -> row.report.fit().isEmpty() ? null : row.report.fits(row.size) ? "yes" : "no"),
                Column.number("context_that_fits", "context that fits", Unit.COUNT, row -> row.report.tokens(row.size)),
                Column.text("imatrix", "imatrix", row -> row.size.imatrix()),
                Column.number("fallbacks", "fallbacks", Unit.COUNT, row -> row.plan(Plan::fallbacks)),
                Column.text("refusal", "refused", row -> row.size.refusal().isEmpty() ? null : row.size.refusal())));
    }

    @Override
    public List<Row> rows(SizesReport report) {
        return report.sizes().stream().map(size -> new Row(size, report)).toList();
    }

    @Override
    public String order() {
        return "quant_bytes";
    }

    @Override
    protected List<List<String>> shown(Sheet<SizesReport, Row> sheet) {
        SizesReport report = sheet.source();
        boolean large = report.sizes().stream().anyMatch(size -> size.bytes() >= GIB);
        List<String> keys = new ArrayList<>(List.of(large ? "gib" : "mib", "bpw"));
        if (report.fit().isPresent()) {
            keys.add("fits");
            if (report.kv().isPresent()) {
                keys.add("context_that_fits");
            }
        }
        if (report.context() > 0 && report.kv().isPresent()) {
            keys.add("total_gib");
        }
        keys.add("imatrix");
        if (sheet.rows().stream().anyMatch(row -> row.plan(Plan::fallbacks) > 0)) {
            keys.add("fallbacks");
        }
        return keys(keys.toArray(String[]::new));
    }

    @Override
    protected String title(Sheet<SizesReport, Row> sheet) {
        return "";
    }
}
