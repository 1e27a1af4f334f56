package org.imatrixstats.pytorch;

import java.io.IOException;
import java.util.List;
import java.util.function.LongConsumer;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;

/** Reads checkpoints of both layouts. */
public final class Checkpoints {
    private Checkpoints() {
    }

    /** Whether a file starts as a checkpoint of either layout does. */
    public static boolean isCheckpoint(ByteSource file) throws FormatException {
        return ZipCheckpoint.hasMagic(file) || LegacyCheckpoint.hasMagic(file);
    }

    /**
     * Reads what a checkpoint holds.
     *
     * @param key the key of the tensors that are wanted; null to look for a usual one, such as {@code state_dict}
     * @throws FormatException if anything in it is not as it should be
     */
    public static Checkpoint read(ByteSource file, String key) throws FormatException {
        return ZipCheckpoint.hasMagic(file)
                ? new ZipCheckpoint(file).read(key)
                : new LegacyCheckpoint(file).read(key);
    }

    /** Reads all entries of a zip archive and compares their checksums; the names of those that are damaged. */
    public static List<String> damaged(Checkpoint checkpoint, LongConsumer progress) throws IOException {
        return checkpoint.layout() == Checkpoint.Layout.ZIP
                ? ZipCheckpoint.damaged(checkpoint.file(), progress)
                : List.of();
    }
}
