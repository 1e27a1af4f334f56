package org.imatrixstats.imatrix;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.TreeMap;

import org.imatrixstats.gguf.ValueType;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.tensor.TensorName;

/**
 * An open importance matrix. What it holds was checked when it was opened; the values are read from the file when they
 * are asked for, by any number of threads.
 */
public final class Imatrix implements AutoCloseable {
    /** The containers; in JSON by {@link #label()}. */
    public enum Format {
        /** What llama-imatrix writes since 2025. */
        GGUF,
        /** The older {@code .dat}, which ik_llama.cpp still writes. */
        LEGACY;

        public String label() {
            return this == GGUF ? "gguf" : "legacy";
        }
    }

    /**
     * What a file says about itself.
     *
     * @param format      the container
     * @param ggufVersion 2 or 3; empty for a legacy file
     * @param datasets    the calibration texts, in order of merging
     * @param chunkCount  chunks seen; empty where the file does not say
     * @param chunkSize   tokens per chunk; empty where the file does not say
     * @param nextnLayers how many of the last layers are NextN (MTP) layers; empty where the file does not say
     */
    public record Origin(Format format, OptionalLong ggufVersion, List<String> datasets, OptionalLong chunkCount,
            OptionalLong chunkSize, OptionalLong nextnLayers) {
    }

    /** The key of the calibration texts in a GGUF file. llama-quantize reads this one and the two below. */
    public static final String DATASETS = "imatrix.datasets";
    /** The key of the number of chunks seen. */
    public static final String CHUNK_COUNT = "imatrix.chunk_count";
    /** The key of the tokens per chunk. */
    public static final String CHUNK_SIZE = "imatrix.chunk_size";

    private static final int FLOAT_BYTES = 4;
    /** The first values mostly tell. */
    private static final int FEW = 1 << 10;
    private static final String NEXTN_PREFIX = "nextn.";

    private final ByteSource file;
    private final ByteOrder order;
    private final Origin origin;
    private final SequencedMap<String, ImatrixEntry> entries;
    private final List<String> unknownTensors;
    private final Map<String, ValueType> keyTypes;
    private final long firstNextnLayer;
    /** Entries by the name of the tensor in layer 0, then by layer. */
    private final Map<String, NavigableMap<Integer, ImatrixEntry>> byLayer = new HashMap<>();

    /**
     * @param unknownTensors names of tensors of the container that belong to no entry
     * @param keyTypes       the types of the values of a GGUF file by key
     */
    Imatrix(ByteSource file, ByteOrder order, Origin origin, Iterable<ImatrixEntry> entries,
            List<String> unknownTensors, Map<String, ValueType> keyTypes) {
        this.file = file;
        this.order = order;
        this.origin = origin;
        this.unknownTensors = List.copyOf(unknownTensors);
        this.keyTypes = Map.copyOf(keyTypes);
        TreeMap<String, ImatrixEntry> byName = new TreeMap<>();
        entries.forEach(entry -> byName.put(entry.name().name(), entry));
        this.entries = Collections.unmodifiableSequencedMap(byName);
        this.firstNextnLayer = firstNextnLayer(byName.values());
        byName.values().stream().filter(entry -> entry.name().hasLayer())
                .forEach(entry -> byLayer.computeIfAbsent(entry.name().inLayer(0), _ -> new TreeMap<>())
                        .put(entry.name().layer(), entry));
    }

    /**
     * Looks for tensors that only NextN layers have. The number of layers that a file states does not prove that they were run: the last layer
     * of the file may be the last of the model itself.
     */
    private static long firstNextnLayer(Collection<ImatrixEntry> entries) {
        return entries.stream().filter(entry -> entry.name().kind().startsWith(NEXTN_PREFIX))
                .mapToLong(entry -> entry.name().block()).min().orElse(Long.MAX_VALUE);
    }

    /** The name in messages: the path or URL as the user gave it. */
    public String name() {
        return file.name();
    }

    /** The file as the user named it. */
    public Path path() {
        return Path.of(file.name());
    }

    /** Bytes of the file, after unpacking if it was compressed. */
    public long bytes() {
        return file.size();
    }

    /** What the file says about itself. */
    public Origin origin() {
        return origin;
    }

    /** Whether the numbers of the file are in big-endian order, which llama.cpp on most machines refuses. */
    public boolean isBigEndian() {
        return order == ByteOrder.BIG_ENDIAN;
    }

    /** The type of the value under a key of a GGUF file; empty without the key, and in a legacy file. */
    public Optional<ValueType> keyType(String key) {
        return Optional.ofNullable(keyTypes.get(key));
    }

    /** The entries by tensor name, in the order of the names. */
    public SequencedMap<String, ImatrixEntry> entries() {
        return entries;
    }

    /** Tensors of the container that belong to no entry and were passed over, in the order of the file. */
    public List<String> unknownTensors() {
        return unknownTensors;
    }

    /**
     * The same tensor in the nearest earlier layer that has it; null if there is none. NextN (MTP) layers come after the
     * model, not after its last layer: none of them has an earlier layer among the others. Block numbers come from the
     * file: counting down from one could take hours.
     */
    public ImatrixEntry earlier(ImatrixEntry entry) {
        TensorName name = entry.name();
        if (!name.hasLayer()) {
            return null;
        }
        Map.Entry<Integer, ImatrixEntry> earlier = byLayer.get(name.inLayer(0)).lowerEntry(name.layer());
        return earlier == null || isNextn(name) && !isNextn(earlier.getValue().name()) ? null : earlier.getValue();
    }

    /** Whether a tensor is one of a NextN (MTP) layer. */
    public boolean isNextn(TensorName name) {
        return name.block() >= firstNextnLayer;
    }

    /** Copies {@code count} sums of x², from value {@code from} of the entry on. */
    public void inSum2(ImatrixEntry entry, long from, float[] into, int count) throws FormatException {
        inSum2(entry, from, into, 0, count);
    }

    /** The same, to the place {@code at} of an array. */
    public void inSum2(ImatrixEntry entry, long from, float[] into, int at, int count) throws FormatException {
        file.copy(entry.inSum2Offset() + from * FLOAT_BYTES, order, into, at, count);
    }

    /** Copies {@code count} sums of x, from value {@code from} of an entry that has them on. */
    public void inSum(ImatrixEntry entry, long from, float[] into, int count) throws FormatException {
        file.copy(entry.inSumOffset() + from * FLOAT_BYTES, order, into, 0, count);
    }

    /** Whether two entries hold the same, bit for bit, counts included. */
    boolean sameContent(ImatrixEntry a, ImatrixEntry b) throws FormatException {
        long bytes = a.size() * FLOAT_BYTES;
        return a.size() == b.size() && a.hasInSum() == b.hasInSum() && a.sameCounts(b)
                && file.sameBytes(a.inSum2Offset(), b.inSum2Offset(), bytes)
                && (!a.hasInSum() || file.sameBytes(a.inSumOffset(), b.inSumOffset(), bytes));
    }

    /** Whether another file holds the same, bit for bit: names, counts and values. Reads up to the first difference. */
    public boolean holdsSameAs(Imatrix other) throws FormatException {
        if (!entries.keySet().equals(other.entries.keySet())) {
            return false;
        }
        for (ImatrixEntry entry : entries.values()) {
            if (!holdsSame(entry, other, other.entries.get(entry.name().name()))) {
                return false;
            }
        }
        return true;
    }

    private boolean holdsSame(ImatrixEntry a, Imatrix other, ImatrixEntry b) throws FormatException {
        if (a.size() != b.size() || a.hasInSum() != b.hasInSum() || !a.sameCounts(b)) {
            return false;
        }
        byte[] values = new byte[(int) Math.min(a.size(), Partition.BLOCK) * FLOAT_BYTES];
        byte[] others = new byte[values.length];
        for (Block block : Partition.ofValues(a.size())) {
            int length = inSum2(a, block, values);
            other.inSum2(b, block, others);
            if (!Arrays.equals(values, 0, length, others, 0, length)) {
                return false;
            }
            if (a.hasInSum()) {
                inSum(a, block, values);
                other.inSum(b, block, others);
                if (!Arrays.equals(values, 0, length, others, 0, length)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether all sums of x² of several columns are the same, or NaN. */
    boolean isUniform(ImatrixEntry entry) throws FormatException {
        float[] values = new float[FEW];
        float first = Float.NaN;
        for (long from = 0; from < entry.size(); from += FEW) {
            int length = (int) Math.min(FEW, entry.size() - from);
            inSum2(entry, from, values, length);
            first = from == 0 ? values[0] : first;
            for (int i = 0; i < length; i++) {
                if (Float.compare(values[i], first) != 0) {
                    return false;
                }
            }
        }
        return entry.size() > 1;
    }

    /** Copies sums of x² as little-endian float32; returns the number of bytes. */
    int inSum2(ImatrixEntry entry, Block block, byte[] into) throws FormatException {
        return copy(entry.inSum2Offset(), block, into);
    }

    /** Copies sums of x of an entry that has them as little-endian float32; returns the number of bytes. */
    int inSum(ImatrixEntry entry, Block block, byte[] into) throws FormatException {
        return copy(entry.inSumOffset(), block, into);
    }

    private int copy(long offset, Block block, byte[] into) throws FormatException {
        int length = block.length() * FLOAT_BYTES;
        file.copy(offset + block.start() * FLOAT_BYTES, into, 0, length);
        if (order == ByteOrder.BIG_ENDIAN) {
            swapBytes(into, length);
        }
        return length;
    }

    private static void swapBytes(byte[] block, int length) {
        for (int i = 0; i < length; i += FLOAT_BYTES) {
            byte first = block[i];
            byte second = block[i + 1];
            block[i] = block[i + 3];
            block[i + 1] = block[i + 2];
            block[i + 2] = second;
            block[i + 3] = first;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
