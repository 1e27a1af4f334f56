package org.imatrixstats.imatrix;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Builds legacy importance matrices, right ones and wrong ones. */
public final class LegacyBuilder {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int entries;
    private Integer declaredEntries;

    public LegacyBuilder entry(String name, int ncall, float... values) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return rawEntry(bytes.length, bytes, ncall, values.length, values);
    }

    /** An entry whose lengths need not be those of what follows them. */
    public LegacyBuilder rawEntry(int nameLength, byte[] name, int ncall, int nval, float... values) {
        entries++;
        int32(nameLength);
        bytes(name);
        int32(ncall);
        int32(nval);
        for (float value : values) {
            int32(Float.floatToRawIntBits(value));
        }
        return this;
    }

    /** Instead of the number of entries added. */
    public LegacyBuilder declaredEntries(int count) {
        declaredEntries = count;
        return this;
    }

    public LegacyBuilder chunks(int count) {
        return int32(count);
    }

    public LegacyBuilder dataset(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return int32(bytes.length).bytes(bytes);
    }

    public LegacyBuilder int32(int value) {
        return bytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }

    public LegacyBuilder bytes(byte... bytes) {
        body.writeBytes(bytes);
        return this;
    }

    public byte[] build() {
        return ByteBuffer.allocate(4 + body.size()).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(declaredEntries == null ? entries : declaredEntries).put(body.toByteArray()).array();
    }

    /** Writes the file {@code test.dat} into a folder. */
    public Path write(Path folder) throws IOException {
        return Files.write(folder.resolve("test.dat"), build());
    }
}
