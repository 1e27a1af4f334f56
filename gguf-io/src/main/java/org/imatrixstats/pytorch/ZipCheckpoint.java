package org.imatrixstats.pytorch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.RangeStream;
import org.imatrixstats.io.SliceSource;

/**
 * The layout since PyTorch 1.6: a zip archive with one folder.
 *
 * <pre>
 * NAME/data.pkl       a pickle; its persistent ids name storages by their keys
 * NAME/byteorder      "little" or "big"; little if absent
 * NAME/data/KEY       the bytes of a storage
 * NAME/version        a decimal number
 * NAME/.data/…, …     of no interest
 * </pre>
 */
final class ZipCheckpoint {
    private static final String PICKLE = "data.pkl";
    /** What PyTorch's own reader accepts. */
    private static final int MAX_VERSION = 10;
    /** Of a small text such as the version. */
    private static final int MAX_SMALL = 64;
    /** Far beyond the pickle of any model, which has some 300 bytes per tensor. */
    private static final long MAX_PICKLE = 1 << 26;

    private final ByteSource file;
    private final CheckpointBuilder builder;

    ZipCheckpoint(ByteSource file) {
        this.file = file;
        this.builder = new CheckpointBuilder(file);
    }

    static boolean hasMagic(ByteSource file) throws FormatException {
        return Magic.isAt(file, 0, (byte) 'P', (byte) 'K', (byte) 3, (byte) 4)
                || Magic.isAt(file, 0, (byte) 'P', (byte) 'K', (byte) 5, (byte) 6);
    }

    Checkpoint read(String key) throws FormatException {
        Map<String, ZipEntry> entries = ZipIndex.read(file).entries();
        String prefix = prefix(entries);
        requireVersion(entries.get(prefix + "version"));
        ByteOrder order = order(entries.get(prefix + "byteorder"));
        PickleValue top = pickle(entries.get(prefix + PICKLE));
        return builder.build(Checkpoint.Layout.ZIP, order, top, key, storage -> storage(entries, prefix, storage));
    }

    private FormatException fail(String reason) {
        return new FormatException(file.name(), reason);
    }

    /** The folder of the archive, which may have any name. */
    private String prefix(Map<String, ZipEntry> entries) throws FormatException {
        List<String> pickles = entries.keySet().stream()
                .filter(name -> name.endsWith("/" + PICKLE) && name.indexOf('/') == name.lastIndexOf('/')).toList();
        if (pickles.size() != 1) {
            throw fail(pickles.isEmpty()
                    ? "is a zip archive without a FOLDER/" + PICKLE + ", expected a PyTorch checkpoint"
                    : "has several checkpoints: " + pickles.get(0) + " and " + pickles.get(1));
        }
        String prefix = pickles.getFirst().substring(0, pickles.getFirst().length() - PICKLE.length());
        if (entries.keySet().stream()
                .anyMatch(name -> name.equals(prefix + "constants.pkl") || name.startsWith(prefix + "code/"))) {
            throw fail("is a TorchScript program, expected a checkpoint that torch.save wrote");
        }
        return prefix;
    }

    private String small(ZipEntry entry) throws FormatException {
        if (entry.bytes() > MAX_SMALL) {
            throw fail(
                    "zip entry '" + entry.name() + "' has " + entry.bytes() + " bytes, expected at most " + MAX_SMALL);
        }
        byte[] bytes = new byte[(int) entry.bytes()];
        data(entry).copy(0, bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.US_ASCII).strip();
    }

    private void requireVersion(ZipEntry entry) throws FormatException {
        String version = entry == null ? "1" : small(entry);
        if (!version.matches("[0-9]{1,5}") || Integer.parseInt(version) < 1
                || Integer.parseInt(version) > MAX_VERSION) {
            throw fail("zip entry '" + entry.name() + "': version '" + version + "', expected 1 to " + MAX_VERSION);
        }
    }

    private ByteOrder order(ZipEntry entry) throws FormatException {
        String order = entry == null ? "little" : small(entry);
        return switch (order) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default -> throw fail("zip entry '" + entry.name() + "': byte order '" + order
                    + "', expected little or big");
        };
    }

    private ByteSource data(ZipEntry entry) {
        return entry.deflated()
                ? new InflatedSource(file, entry)
                : new SliceSource(file, entry.offset(), entry.packed());
    }

    private PickleValue pickle(ZipEntry entry) throws FormatException {
        if (entry.bytes() > MAX_PICKLE) {
            throw fail("zip entry '" + entry.name() + "' has " + entry.bytes() + " bytes, expected at most "
                    + MAX_PICKLE);
        }
        CRC32 crc = new CRC32();
        ByteSource data = data(entry);
        InputStream in = new CheckedInputStream(new RangeStream(data, 0, entry.bytes()), crc);
        PickleInput input = new PickleInput(file.name(), entry.name(), 0, in, entry.bytes());
        PickleValue top = builder.unpickler(input, new TensorBuilder()).load();
        if (input.remaining() > 0) {
            builder.note("zip entry '" + entry.name() + "' has " + input.remaining() + " bytes after its pickle");
            input.skip(input.remaining(), "the rest");
        }
        if (data instanceof InflatedSource inflated) {
            inflated.requireEnd();
        }
        if ((int) crc.getValue() != entry.crc()) {
            throw fail("zip entry '" + entry.name() + "': its checksum is wrong, the file is damaged");
        }
        return top;
    }

    private CheckpointStorage storage(Map<String, ZipEntry> entries, String prefix, StorageRef storage)
            throws FormatException {
        String name = prefix + "data/" + storage.root();
        ZipEntry entry = entries.get(name);
        if (entry == null) {
            throw fail("storage '" + storage.root() + "' is missing: there is no zip entry '" + name + "'");
        }
        return new CheckpointStorage(storage.root(), storage.type(), storage.rootElements(), storage.location(),
                data(entry), entry.deflated() ? -1 : entry.offset());
    }

    /**
     * Reads all entries and compares their checksums.
     *
     * @param progress is told how many bytes more were read
     * @return the names of those that are damaged
     */
    static List<String> damaged(ByteSource file, LongConsumer progress) throws IOException {
        List<String> damaged = new ArrayList<>();
        for (ZipEntry entry : ZipIndex.read(file).entries().values()) {
            CRC32 crc = new CRC32();
            ByteSource data = entry.deflated()
                    ? new InflatedSource(file, entry)
                    : new SliceSource(file, entry.offset(), entry.packed());
            try (InputStream in = new CheckedInputStream(new RangeStream(data, 0, entry.bytes()), crc)) {
                byte[] block = new byte[1 << 16];
                for (int count = in.read(block); count >= 0; count = in.read(block)) {
                    progress.accept(count);
                }
            }
            if ((int) crc.getValue() != entry.crc()) {
                damaged.add(entry.name());
            }
        }
        return damaged;
    }
}
