package org.imatrixstats.app.output;

import java.util.List;
import java.util.OptionalLong;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.stats.Report;
import org.imatrixstats.stats.TensorStats;

/** A file in two or three lines. */
public final class Summary {
    private Summary() {
    }

    public static List<String> lines(FileSummary file, Report report) {
        return List.of(
                container(file) + ", " + Numbers.bytes(file.bytes()) + ", content "
                        + file.digest().hex().substring(0, 16),
                tensors(file, report) + ", " + Numbers.count(report.layers().size(), "layer") + experts(report) + ", "
                        + chunks(file) + ", " + tokens(file),
                datasets(file));
    }

    /** A file of several that are compared. */
    public static List<String> lines(FileSummary file) {
        return List.of(container(file) + ", " + Numbers.count(file.entries(), "tensor") + ", " + chunks(file) + ", "
                + tokens(file), datasets(file));
    }

    private static String tokens(FileSummary file) {
        return file.tokens().isPresent() ? Numbers.count(file.tokens().getAsLong(), "token") : "tokens not stored";
    }

    private static String datasets(FileSummary file) {
        return file.datasets().isEmpty()
                ? "dataset not stored"
                : (file.datasets().size() == 1 ? "dataset " : "datasets ") + String.join(", ", file.datasets());
    }

    /** What fits beside the name of the file. */
    public static String inAPhrase(Imatrix imatrix, Report report) {
        return Numbers.count(report.tensors().size(), "tensor") + ", " + Numbers.count(report.layers().size(), "layer")
                + experts(report) + ", " + Numbers.bytes(imatrix.bytes());
    }

    private static String tensors(FileSummary file, Report report) {
        int selected = report.tensors().size();
        return (selected < file.entries() ? Numbers.grouped(selected) + " of " : "")
                + Numbers.count(file.entries(), "tensor");
    }

    private static String container(FileSummary file) {
        OptionalLong version = file.origin().ggufVersion();
        return file.origin().format() == Imatrix.Format.LEGACY ? "legacy format" : "GGUF v" + version.getAsLong();
    }

    private static String experts(Report report) {
        int experts = 1;
        boolean stored = true;
        boolean unknown = false;
        for (TensorStats tensor : report.tensors()) {
            if (tensor.expertCount().isEmpty()) {
                unknown = true;
            } else if (tensor.expertCount().getAsInt() > experts) {
                experts = tensor.expertCount().getAsInt();
                stored = tensor.entry().experts() > 1;
            }
        }
        if (experts == 1) {
            return unknown ? ", experts not stored (give --experts N)" : "";
        }
        return ", " + experts + " experts" + (stored ? "" : " (not stored, see the notes)");
    }

    private static String chunks(FileSummary file) {
        OptionalLong count = file.origin().chunkCount();
        OptionalLong size = file.origin().chunkSize();
        return (count.isPresent() ? Numbers.count(count.getAsLong(), "chunk") : "chunks not stored")
                + (size.isPresent() ? " of " + Numbers.count(size.getAsLong(), "token") : "");
    }
}
