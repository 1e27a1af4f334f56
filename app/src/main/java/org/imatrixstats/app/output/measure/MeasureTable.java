package org.imatrixstats.app.output.measure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Markdown;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.Page;
import org.imatrixstats.app.output.TextTable.TextColumn;
import org.imatrixstats.app.output.TextTable;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.measure.GroupLoss;
import org.imatrixstats.measure.KlDivergence;
import org.imatrixstats.measure.KldPoint;
import org.imatrixstats.measure.MeasurePlan;
import org.imatrixstats.tensor.TensorName;

/** What was measured, for people: losses with the costliest first, whole models with the best first. */
final class MeasureTable {
    private static final double PERCENT = 100;
    private static final double MIB = 1 << 20;
    private static final int DECIMALS = 6;

    private final MeasureReport report;
    private final boolean all;

    MeasureTable(MeasureReport report, boolean all) {
        this.report = report;
        this.all = all;
    }

    /** Groups that share a row. */
    private record Row(String name, List<GroupLoss> losses) {
        double kld() {
            return losses.stream().mapToDouble(loss -> loss.result().kld()).sum();
        }

        GroupLoss worst() {
            return losses.stream().max(Comparator.comparingDouble(loss -> loss.result().kld())).orElseThrow();
        }
    }

    String text(Terminal terminal) {
        Page page = new Page(terminal);
        MeasurePlan.Inputs inputs = report.inputs();
        if (inputs != null) {
            page.unwrapped(inputs.model(), terminal::bold);
        }
        summary().forEach(page::indented);
        page.line("");
        page.add(List.of(table()));
        page.line("");
        notes().forEach(note -> page.wrapped(note, "", "", UnaryOperator.identity()));
        return page.text();
    }

    String markdown() {
        Markdown markdown = new Markdown();
        if (report.inputs() != null) {
            markdown.heading(report.inputs().model());
        }
        summary().forEach(markdown::paragraph);
        markdown.add(table());
        notes().forEach(markdown::paragraph);
        return markdown.text();
    }

    private List<String> summary() {
        List<String> lines = new ArrayList<>();
        MeasurePlan.Inputs inputs = report.inputs();
        if (inputs == null) {
            return lines;
        }
        int chunks = report.losses().isEmpty()
                ? report.models().getLast().result().chunks()
                : report.losses().getFirst().result().chunks();
        lines.add(inputs.text() + ", " + Numbers.count(chunks, "chunk")
                + (inputs.imatrix().isEmpty() ? ", no importance matrix" : ", importance matrix " + inputs.imatrix()));
        if (!report.losses().isEmpty()) {
            lines.add(Numbers.count(report.losses().size(), "group")
                    + (report.losses().size() < report.groups() ? " of " + report.groups() : "") + " by "
                    + inputs.grouping() + ", each quantized alone as " + inputs.program() + " does it");
        }
        return lines;
    }

    private TextTable table() {
        return new TextTable("", report.losses().isEmpty() ? ofModels() : ofLosses());
    }

    private List<TextColumn> ofModels() {
        List<KldPoint> models = report.models().stream()
                .sorted(Comparator.comparingDouble((KldPoint point) -> order(point.result().kld()))).toList();
        return List.of(column("model", true, 0, models, point -> Text.printable(point.name())),
                column("MiB", false, 1, models,
                        point -> point.bytes() == 0 ? Cells.UNDEFINED : Numbers.fixed(point.bytes() / MIB, 2)),
                column("bpw", false, 0, models, point -> fixed(point.bitsPerWeight(), 4)),
                column("KLD", false, 0, models, point -> fixed(point.result().kld(), DECIMALS)),
                column("±", false, 0, models, point -> error(point.result().kldError())),
                column("PPL", false, 2, models, point -> fixed(point.result().ppl(), 4)),
                column("± PPL", false, 3, models, point -> fixed(point.result().pplError(), 4)),
                column("same top", false, 2, models, point -> percent(point.result().sameTop())),
                column("± top", false, 3, models, point -> percent(point.result().sameTopError())));
    }

    private List<TextColumn> ofLosses() {
        List<Row> rows = rows();
        double sum = rows.stream().mapToDouble(Row::kld).sum();
        List<TextColumn> columns = new ArrayList<>();
        columns.add(column("group", true, 0, rows, row -> Text.printable(row.name)));
        boolean alone = rows.stream().allMatch(row -> row.losses.size() == 1);
        if (!alone) {
            columns.add(column("groups", false, 2, rows, row -> Integer.toString(row.losses.size())));
        }
        columns.add(column("type", true, 1, rows, row -> types(row)));
        columns.add(column(alone ? "KLD" : "Σ KLD", false, 0, rows, row -> fixed(row.kld(), DECIMALS)));
        columns.add(column("±", false, 0, rows, row -> error(error(row))));
        columns.add(column("share", false, 0, rows,
                row -> sum > 0 ? Numbers.fixed(PERCENT * row.kld() / sum, 1) + "%" : Cells.UNDEFINED));
        if (!alone) {
            columns.add(column("largest", false, 2, rows, row -> fixed(row.worst().result().kld(), DECIMALS)));
            columns.add(column("in", true, 2, rows, row -> Text.printable(row.worst().group())));
        }
        return columns;
    }

    private static String types(Row row) {
        return String.join(", ", row.losses.stream().flatMap(loss -> loss.tensors().stream())
                .map(member -> member.type().ggmlName()).distinct().toList());
    }

    /** Error of the sum if the errors were independent. All runs see the same text, so this is a lower limit. */
    private static double error(Row row) {
        return Math.sqrt(row.losses.stream().mapToDouble(loss -> Math.pow(loss.result().kldError(), 2)).sum());
    }

    private List<Row> rows() {
        Map<String, List<GroupLoss>> rows = new LinkedHashMap<>();
        boolean byKind = !all && report.losses().stream().allMatch(loss -> loss.tensors().size() == 1);
        for (GroupLoss loss : report.losses()) {
            rows.computeIfAbsent(byKind ? TensorName.of(loss.group()).kind() : loss.group(), _ -> new ArrayList<>())
                    .add(loss);
        }
        return rows.entrySet().stream().map(row -> new Row(row.getKey(), row.getValue()))
                .sorted(Comparator.comparingDouble((Row row) -> -order(row.kld()))).toList();
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        List<KlDivergence> results = report.losses().isEmpty()
                ? report.models().stream().map(KldPoint::result).toList()
                : report.losses().stream().map(GroupLoss::result).toList();
        notes.add("KLD: mean KL divergence from the original, in nats per token. ±: standard error.");
        long noise = results.stream().filter(result -> result.kld() < 2 * result.kldError()).count();
        if (noise > 0) {
            notes.add(Numbers.count(noise, report.losses().isEmpty() ? "model" : "group")
                    + (noise == 1 ? " is" : " are") + " within two standard errors of 0."
                    + (report.losses().isEmpty() ? "" : " A smaller type or a longer text shows more."));
        }
        long running = results.stream().filter(KlDivergence::running).count();
        if (running > 0) {
            notes.add(running + (running == 1 ? " figure has" : " figures have")
                    + " five decimals only: llama-perplexity lost its last lines.");
        }
        if (!report.losses().isEmpty()) {
            notes.add("Not included: quantized kernels round activations to 8 bits, which matters from about q6_K on.");
        } else if (report.models().stream().map(KldPoint::evaluation).distinct().count() > 1) {
            notes.add("Not all were measured on the same model, text and arguments: those cannot be compared.");
        } else if (differInSize()) {
            notes.add("The sizes differ by more than 1%: compare models of one size.");
        }
        return notes;
    }

    private boolean differInSize() {
        double least = report.models().stream().mapToDouble(KldPoint::bitsPerWeight).min().orElse(Double.NaN);
        double most = report.models().stream().mapToDouble(KldPoint::bitsPerWeight).max().orElse(Double.NaN);
        return most > 1.01 * least;
    }

    private static double order(double value) {
        return Double.isNaN(value) ? Double.POSITIVE_INFINITY : value;
    }

    private static String fixed(double value, int decimals) {
        return Double.isFinite(value) ? Numbers.fixed(value, decimals) : Cells.UNDEFINED;
    }

    private static String error(double value) {
        return Double.isFinite(value) ? Numbers.significant(value, 2) : Cells.UNDEFINED;
    }

    private static String percent(double share) {
        return Double.isFinite(share) ? Numbers.fixed(PERCENT * share, 2) + "%" : Cells.UNDEFINED;
    }

    private static <T> TextColumn column(String header, boolean left, int priority, List<T> rows,
            Function<T, String> cell) {
        return new TextColumn(header, rows.stream().map(cell).toList(), left, priority);
    }
}
