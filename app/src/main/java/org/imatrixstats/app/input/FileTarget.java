package org.imatrixstats.app.input;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.gguf.MetadataValue;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.quantize.QuantizedModel;

/** The size of a whole quantized file, which holds a header and padding beside the data of its tensors. */
public final class FileTarget {
    private FileTarget() {
    }

    /**
     * Bytes that are left for the data of the tensors.
     *
     * @param imatrix null without one
     * @param types   that tensors may get
     * @throws IOException if the model is not GGUF, or the file is smaller than its header
     */
    public static long dataBytes(long file, Path model, Imatrix imatrix, Path imatrixPath, BaseType base,
            List<GgmlType> types,
            Console console) throws IOException {
        try (GgufModel source = ModelInput.gguf(model, console)) {
            SequencedMap<String, MetadataValue> keys = imatrix == null
                    ? new LinkedHashMap<>()
                    : QuantizedModel.imatrixKeys(imatrixPath.toString(), imatrix, imatrix.entries().size());
            long overhead = QuantizedModel.overhead(source, base, keys, types);
            if (overhead >= file) {
                throw new FormatException(model, "its header alone takes " + Numbers.grouped(overhead)
                        + " bytes, and the file may have " + Numbers.grouped(file));
            }
            return file - overhead;
        }
    }
}
