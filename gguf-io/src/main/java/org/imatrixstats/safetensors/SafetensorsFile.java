package org.imatrixstats.safetensors;

import java.util.List;
import java.util.Map;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.ByteSource;

/**
 * The header of a safetensors file, all of it checked; no data have been read.
 *
 * @param file     the file
 * @param metadata texts under {@code __metadata__}
 * @param tensors  in the order of their data
 */
public record SafetensorsFile(ByteSource file, Map<String, String> metadata, List<SafetensorsTensor> tensors) {
    /**
     * Reads and checks the header of a file, and that its data are all there.
     *
     * @throws FormatException if anything in it is not as it should be
     */
    public static SafetensorsFile read(ByteSource file) throws FormatException {
        SafetensorsParser parser = new SafetensorsParser(file);
        List<SafetensorsTensor> tensors = parser.parse();
        return new SafetensorsFile(file, parser.metadata(), tensors);
    }
}
