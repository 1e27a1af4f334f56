package org.imatrixstats.imatrix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Builds GGUF importance matrices: the container right, the content right or wrong. */
public final class GgufImatrixBuilder {
    private static final int UINT32 = 4;
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int F32 = 0;
    private static final int ALIGNMENT = 32;

    private record Key(String name, Object value) {
    }

    private record Tensor(String name, int type, long[] dims, byte[] data) {
    }

    private final ByteOrder order;
    private int version = 3;
    private final List<Key> keys = new ArrayList<>();
    private final List<Tensor> tensors = new ArrayList<>();

    public GgufImatrixBuilder() {
        this(ByteOrder.LITTLE_ENDIAN);
    }

    public GgufImatrixBuilder(ByteOrder order) {
        this.order = order;
    }

    public GgufImatrixBuilder version(int number) {
        this.version = number;
        return this;
    }

    /** @param value an Integer (UINT32), a String, or a List of strings */
    public GgufImatrixBuilder key(String name, Object value) {
        keys.add(new Key(name, value));
        return this;
    }

    /** The keys that llama-imatrix writes. */
    public GgufImatrixBuilder keys(List<String> datasets, int chunkCount, int chunkSize) {
        return key("general.type", "imatrix").key("imatrix.datasets", datasets)
                .key("imatrix.chunk_count", chunkCount).key("imatrix.chunk_size", chunkSize);
    }

    /** in_sum2 and counts of a tensor, one count per matrix. */
    public GgufImatrixBuilder entry(String name, float[] counts, float... inSum2) {
        return inSum2(name, counts.length, inSum2).tensor(name + ".counts", dims(1, counts.length), counts);
    }

    /** in_sum2 with so many rows. */
    GgufImatrixBuilder inSum2(String name, int matrices, float... inSum2) {
        return tensor(name + ".in_sum2", dims(inSum2.length / matrices, matrices), inSum2);
    }

    /** in_sum with so many rows. */
    public GgufImatrixBuilder inSum(String name, int matrices, float... sums) {
        return tensor(name + ".in_sum", dims(sums.length / matrices, matrices), sums);
    }

    public GgufImatrixBuilder tensor(String name, long[] dims, float... values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(order);
        for (float value : values) {
            data.putFloat(value);
        }
        return tensor(name, F32, dims, data.array());
    }

    GgufImatrixBuilder tensor(String name, int type, long[] dims, byte[] data) {
        tensors.add(new Tensor(name, type, dims, data));
        return this;
    }

    /** The tensors added so far the other way round. */
    GgufImatrixBuilder reversed() {
        Collections.reverse(tensors);
        return this;
    }

    public static long[] dims(long... dims) {
        return dims;
    }

    public byte[] build() {
        int bytes = keys.size() * 1024 + tensors.stream().mapToInt(t -> 256 + t.data.length).sum() + 1024;
        ByteBuffer out = ByteBuffer.allocate(bytes).order(order);
        out.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(version);
        out.putLong(tensors.size()).putLong(keys.size());
        for (Key key : keys) {
            string(out, key.name);
            value(out, key.value);
        }
        long offset = 0;
        for (Tensor tensor : tensors) {
            string(out, tensor.name);
            out.putInt(tensor.dims.length);
            for (long dim : tensor.dims) {
                out.putLong(dim);
            }
            out.putInt(tensor.type).putLong(offset);
            offset += padded(tensor.data.length);
        }
        out.position(padded(out.position()));
        for (Tensor tensor : tensors) {
            int end = out.position() + padded(tensor.data.length);
            out.put(tensor.data).position(end);
        }
        byte[] file = new byte[out.position()];
        out.flip().get(file);
        return file;
    }

    private static void value(ByteBuffer out, Object value) {
        switch (value) {
            case Integer number -> out.putInt(UINT32).putInt(number);
            case String text -> string(out.putInt(STRING), text);
            case List<?> texts -> {
                out.putInt(ARRAY).putInt(STRING).putLong(texts.size());
                texts.forEach(text -> string(out, (String) text));
            }
            default -> throw new IllegalArgumentException("no such value: " + value);
        }
    }

    private static void string(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putLong(bytes.length).put(bytes);
    }

    private static int padded(int length) {
        return (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Writes the file {@code test.gguf} into a folder. */
    public Path write(Path folder) throws IOException {
        return Files.write(folder.resolve("test.gguf"), build());
    }
}
