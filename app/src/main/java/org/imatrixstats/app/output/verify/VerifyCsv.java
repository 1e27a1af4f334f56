package org.imatrixstats.app.output.verify;

import java.util.List;

import org.imatrixstats.app.output.DelimitedWriter;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.quantize.VerifiedTensor;

/** A row per tensor, with the keys of the JSON. */
final class VerifyCsv {
    private static final List<String> KEYS = List.of("name", "outcome", "expected_type", "type", "blocks",
            "different_blocks", "invalid_rows", "first_invalid_block", "relative_error", "expected_relative_error");

    private VerifyCsv() {
    }

    static String text(VerifyReport report) {
        StringBuilder text = new StringBuilder(DelimitedWriter.csvLine(KEYS));
        report.tensors().forEach(tensor -> text.append(DelimitedWriter.csvLine(fields(tensor))));
        return text.toString();
    }

    private static List<String> fields(VerifiedTensor tensor) {
        return List.of(tensor.name(), VerifyJson.key(tensor.outcome()), name(tensor.expected()), name(tensor.found()),
                Long.toString(tensor.blocks()), Long.toString(tensor.differentBlocks()),
                Long.toString(tensor.invalidRows()),
                tensor.firstInvalid() < 0 ? "" : Long.toString(tensor.firstInvalid()),
                number(tensor.error().weighted().value()), number(tensor.expectedError().weighted().value()));
    }

    private static String name(GgmlType type) {
        return type == null ? "" : type.ggmlName();
    }

    private static String number(double value) {
        return Double.isFinite(value) ? Numbers.plain(value) : "";
    }
}
