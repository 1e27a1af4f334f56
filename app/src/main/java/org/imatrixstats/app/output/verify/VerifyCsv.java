package org.imatrixstats.app.output.verify;

import java.util.List;

import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.output.DelimitedWriter;
import org.imatrixstats.app.output.RowWriter;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.quantize.VerifiedTensor;
import org.imatrixstats.stats.Figure.Unit;

/** A row per tensor, with the keys of the JSON. */
final class VerifyCsv {
    private static final List<Column<VerifiedTensor>> COLUMNS = List.of(
            Column.text("name", "tensor", VerifiedTensor::name),
            Column.text("outcome", "outcome", tensor -> VerifyJson.key(tensor.outcome())),
            Column.text("expected_type", "expected", tensor -> name(tensor.expected())),
            Column.text("type", "type", tensor -> name(tensor.found())),
            Column.number("blocks", "blocks", Unit.COUNT, VerifiedTensor::blocks),
            Column.number("different_blocks", "different", Unit.COUNT, VerifiedTensor::differentBlocks),
            Column.number("invalid_rows", "invalid rows", Unit.COUNT, VerifiedTensor::invalidRows),
            Column.number("first_invalid_block", "first invalid", Unit.COUNT,
                    tensor -> tensor.firstInvalid() < 0 ? Double.NaN : tensor.firstInvalid()),
            Column.number("relative_error", "E", Unit.NUMBER, tensor -> tensor.error().weighted().value()),
            Column.number("expected_relative_error", "E expected", Unit.NUMBER,
                    tensor -> tensor.expectedError().weighted().value()));

    private VerifyCsv() {
    }

    static String text(VerifyReport report) {
        RowWriter csv = DelimitedWriter.csv();
        csv.add(List.of(), List.of(), "tensor", COLUMNS, report.tensors());
        return csv.text();
    }

    private static String name(GgmlType type) {
        return type == null ? null : type.ggmlName();
    }
}
