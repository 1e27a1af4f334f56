package org.imatrixstats.app.output;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

import org.imatrixstats.app.terminal.Terminal;

/** The formats of {@code converge --format}. */
public enum ConvergeFormat {
    TABLE, JSON, CSV, TSV, MARKDOWN;

    /** @param level the one level to show; null for all, where the format can hold several */
    public String text(ConvergeReport report, ConvergeLevel level, Terminal terminal) {
        Set<ConvergeLevel> levels = level == null ? EnumSet.allOf(ConvergeLevel.class) : EnumSet.of(level);
        return switch (this) {
            case TABLE -> new ConvergeTableWriter(report, terminal).text(levels);
            case MARKDOWN -> new ConvergeMarkdownWriter(report).text(levels);
            case JSON -> new ConvergeJsonWriter(report).text();
            case CSV -> delimited(DelimitedWriter.csv(), report, level);
            case TSV -> delimited(DelimitedWriter.tsv(), report, level);
        };
    }

    private static String delimited(DelimitedWriter writer, ConvergeReport report, ConvergeLevel level) {
        DelimitedWriter rows = switch (level == null ? ConvergeLevel.SNAPSHOT : level) {
            case SNAPSHOT -> writer.add(ConvergeColumns.SNAPSHOT, report.snapshots());
            case KIND -> writer.add(ConvergeColumns.KIND, report.kinds());
            case TENSOR -> writer.add(ConvergeColumns.tensor(report), report.tensors());
        };
        return rows.text();
    }

    /** The format that the extension of a file name stands for; {@link #TABLE} if it stands for none of these. */
    public static ConvergeFormat ofExtension(Path file) {
        return switch (OutputFormat.ofExtension(file)) {
            case JSON -> JSON;
            case CSV -> CSV;
            case TSV -> TSV;
            case MARKDOWN -> MARKDOWN;
            default -> TABLE;
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
