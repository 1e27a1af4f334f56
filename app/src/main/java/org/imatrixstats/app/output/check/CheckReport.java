package org.imatrixstats.app.output.check;

import java.util.List;
import java.util.StringJoiner;

import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.check.Finding;
import org.imatrixstats.check.Severity;

/**
 * What was found in one file.
 *
 * @param file     its name
 * @param findings worst first
 * @param strict   whether warnings count as errors do
 */
public record CheckReport(String file, List<Finding> findings, boolean strict) {
    /** Whether the file should not be used. */
    public boolean failed() {
        return count(Severity.ERROR) > 0 || strict && count(Severity.WARNING) > 0;
    }

    List<Finding> of(Severity severity) {
        return findings.stream().filter(finding -> finding.severity() == severity).toList();
    }

    int count(Severity severity) {
        return of(severity).size();
    }

    /** What to do with the file, and how much was found, in a line. */
    public String summary() {
        StringJoiner counts = new StringJoiner(", ").setEmptyValue("nothing found");
        for (Severity severity : Severity.values()) {
            if (count(severity) > 0) {
                counts.add(Numbers.count(count(severity), severity.label()));
            }
        }
        return verdict() + ": " + counts;
    }

    private String verdict() {
        if (count(Severity.ERROR) > 0) {
            return "do not quantize with this file";
        }
        if (failed()) {
            return "do not quantize with this file (--strict)";
        }
        return count(Severity.WARNING) > 0 ? "read the warnings before quantizing" : "ready for quantizing";
    }
}
