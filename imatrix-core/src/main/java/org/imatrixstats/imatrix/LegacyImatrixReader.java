package org.imatrixstats.imatrix;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import org.imatrixstats.io.ByteCursor;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.tensor.TensorName;

/**
 * The container of before 2025 ({@code .dat}), which has no magic and is always little-endian:
 *
 * <pre>
 * int32   n_entries                  at least 1
 * n_entries × {
 *   int32  name_length
 *   byte[] name                      UTF-8
 *   int32  ncall                     chunks that the entry was collected over; 0: no data
 *   int32  nval                      columns of all experts together
 *   float32[nval] values             (sum of x² / rows) · ncall, so that values / ncall = E[x²]
 * }
 * int32   n_chunks                   old files stop before this
 * int32   dataset_length             or before this
 * byte[]  dataset                    UTF-8
 * </pre>
 */
final class LegacyImatrixReader extends ImatrixReader {
    private static final int MIN_ENTRY_BYTES = 4 + 1 + 4 + 4 + 4;
    /** Many times what any model has; entries are held in memory. */
    private static final int MAX_ENTRIES = 1 << 16;

    private final ByteCursor cursor;

    LegacyImatrixReader(ByteSource file) {
        super(file);
        this.cursor = new ByteCursor(file);
    }

    @Override
    Imatrix read() throws IOException {
        Map<String, ImatrixEntry> entries = entries();
        OptionalLong chunkCount = cursor.remaining() == 0 ? OptionalLong.empty() : OptionalLong.of(chunkCount());
        List<String> datasets = cursor.remaining() == 0 ? List.of() : datasets();
        if (cursor.remaining() > 0) {
            throw cursor.fail("the importance matrix ends here, but " + cursor.remaining() + " more bytes follow");
        }
        Imatrix.Origin origin = new Imatrix.Origin(Imatrix.Format.LEGACY, OptionalLong.empty(), datasets, chunkCount,
                OptionalLong.empty(), OptionalLong.empty());
        return new Imatrix(file, cursor.order(), origin, entries.values(), List.of(), Map.of());
    }

    private Map<String, ImatrixEntry> entries() throws FormatException {
        if (cursor.remaining() == 0) {
            throw cursor.fail("the file is empty, expected an importance matrix");
        }
        int count = cursor.int32("n_entries");
        if (count < 1 || count > Math.min(MAX_ENTRIES, cursor.remaining() / MIN_ENTRY_BYTES)) {
            throw cursor.failAt(0,
                    "neither the magic 'GGUF' nor a legacy importance matrix: n_entries would be " + count
                            + " in a file of " + file.size() + " bytes");
        }
        Map<String, ImatrixEntry> entries = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            long start = cursor.position();
            ImatrixEntry entry = entry(i);
            if (entries.putIfAbsent(entry.name().name(), entry) != null) {
                throw new FormatException(file.name(), start, entry.name().name(), "is there twice");
            }
        }
        return entries;
    }

    private ImatrixEntry entry(int index) throws FormatException {
        long start = cursor.position();
        int nameLength = cursor.int32("name length of entry " + index);
        if (nameLength < 1) {
            throw cursor.failAt(start, "name length of entry " + index + " is " + nameLength + ", expected at least 1");
        }
        String name = cursor.utf8(nameLength, "name of entry " + index);
        int ncall = cursor.int32("ncall of '" + name + "'");
        if (ncall < 0) {
            throw new FormatException(file.name(), cursor.position() - 4, name,
                    "ncall is " + ncall + ", expected the number of chunks");
        }
        int nval = cursor.int32("nval of '" + name + "'");
        if (nval < 1) {
            throw new FormatException(file.name(), cursor.position() - 4, name,
                    "nval is " + nval + ", expected at least 1 value");
        }
        long values = cursor.position();
        cursor.skip(4L * nval, "the " + nval + " values of '" + name + "'");
        return new ImatrixEntry(TensorName.of(name), nval, new long[]{ncall}, values, ImatrixEntry.ABSENT);
    }

    private long chunkCount() throws FormatException {
        int chunks = cursor.int32("n_chunks");
        if (chunks < 0) {
            throw cursor.failAt(cursor.position() - 4, "n_chunks is " + chunks);
        }
        return chunks;
    }

    private List<String> datasets() throws FormatException {
        int length = cursor.int32("length of the dataset name");
        if (length < 0) {
            throw cursor.failAt(cursor.position() - 4, "length of the dataset name is " + length);
        }
        String dataset = cursor.utf8(length, "dataset name");
        return dataset.isEmpty() ? List.of() : List.of(dataset);
    }
}
