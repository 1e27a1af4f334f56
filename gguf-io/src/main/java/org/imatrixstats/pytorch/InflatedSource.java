package org.imatrixstats.pytorch;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.RangeStream;

/**
 * A deflated entry of a zip archive, unpacked as far as it is asked for and never held. It is fast in order: to go back is
 * to start again.
 */
final class InflatedSource implements ByteSource {
    private static final int BLOCK = 1 << 13;

    private final ByteSource file;
    private final ZipEntry entry;
    private Inflater inflater;
    private InputStream content;
    private long position;

    InflatedSource(ByteSource file, ZipEntry entry) {
        this.file = file;
        this.entry = entry;
    }

    @Override
    public String name() {
        return file.name();
    }

    @Override
    public long size() {
        return entry.bytes();
    }

    @Override
    public synchronized void copy(long offset, byte[] into, int at, int count) throws FormatException {
        Objects.checkFromIndexSize(offset, count, entry.bytes());
        if (content == null || offset < position) {
            close();
            inflater = new Inflater(true);
            content = new InflaterInputStream(new RangeStream(file, entry.offset(), entry.packed()), inflater, BLOCK);
            position = 0;
        }
        try {
            content.skipNBytes(offset - position);
            if (content.readNBytes(into, at, count) < count) {
                throw damaged("its data end too early", null);
            }
        } catch (FormatException e) {
            throw e;
        } catch (IOException e) {
            throw damaged(e.getMessage() == null ? "its data end too early" : e.getMessage(), e);
        }
        position = offset + count;
    }

    /** Whether the packed data hold exactly what the directory says. */
    void requireEnd() throws FormatException {
        copy(entry.bytes(), new byte[0], 0, 0);
        try {
            if (content.read() >= 0) {
                throw damaged("holds more than the " + entry.bytes() + " bytes that the zip directory says", null);
            }
        } catch (FormatException e) {
            throw e;
        } catch (IOException e) {
            throw damaged(e.getMessage(), e);
        }
    }

    private FormatException damaged(String reason, IOException cause) {
        return new FormatException(file.name(), "zip entry '" + entry.name() + "' could not be unpacked: " + reason,
                cause);
    }

    @Override
    public synchronized void close() {
        if (inflater != null) {
            inflater.end();
        }
        content = null;
    }
}
