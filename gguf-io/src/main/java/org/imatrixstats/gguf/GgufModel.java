package org.imatrixstats.gguf;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.imatrixstats.ggml.Codec;
import org.imatrixstats.ggml.Codecs;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.NotFoundException;
import org.imatrixstats.io.Sources;
import org.imatrixstats.ggml.ElementType;
import org.imatrixstats.tensor.Floats;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/**
 * A model: one GGUF file, or all parts of one that was split into files named {@code NAME-00001-of-00005.gguf}, which
 * stay open. Opening reads only headers; the data may be missing until they are read.
 */
public final class GgufModel implements TensorSource {
    /** In the key/values of each part of a split model, counting from 0. */
    private static final String NUMBER_KEY = "split.no";
    /** In the key/values of each part of a split model. */
    private static final String COUNT_KEY = "split.count";
    /** Tensors of all parts together, in the key/values of each part. */
    private static final String TENSORS_KEY = "split.tensors.count";
    private static final Pattern PART = Pattern.compile("(.*)-\\d{5}-of-(\\d{5})\\.gguf", Pattern.DOTALL);
    /** Bytes that are decoded at a time. */
    private static final int BLOCK = 1 << 18;

    /** Rows of any model are a thousand times shorter. */
    private static final int MAX_COLUMNS = 1 << 26;

    private final String name;
    private final List<GgufFile> parts;
    private final SequencedMap<String, TensorInfo> tensors;

    private GgufModel(String name, List<GgufFile> parts) throws FormatException {
        this.name = name;
        this.parts = List.copyOf(parts);
        SequencedMap<String, TensorInfo> byName = new LinkedHashMap<>();
        for (int number = 0; number < parts.size(); number++) {
            GgufFile part = parts.get(number);
            for (TensorInfo tensor : part.tensors()) {
                if (byName.putIfAbsent(tensor.name(), tensor.inPart(number)) != null) {
                    throw new FormatException(part.source().name(), tensor.name(), "is in an earlier part too");
                }
            }
        }
        this.tensors = Collections.unmodifiableSequencedMap(byName);
    }

    /** Opens a model in files of this machine or of a server, as {@link #open(String, ByteSource.Opener)} does. */
    public static GgufModel open(Path path) throws IOException {
        return open(Sources.name(path), Sources::open);
    }

    /**
     * Opens a model and reads its header, and those of its other parts if it is split.
     *
     * @param name the file, or any one part
     * @throws FormatException if a header is not as it should be, or a part is missing or belongs elsewhere
     */
    public static GgufModel open(String name, ByteSource.Opener opener) throws IOException {
        return open(opener.open(name), opener);
    }

    /** The same with a part that is open already; it is closed with the model, or at once if this fails. */
    public static GgufModel open(ByteSource source, ByteSource.Opener opener) throws IOException {
        List<ByteSource> open = new ArrayList<>(List.of(source));
        try {
            GgufFile file = GgufFile.readHeader(source);
            long count = isWhole(file) ? 1 : file.metadata().integer(COUNT_KEY).orElse(1);
            return new GgufModel(source.name(), count <= 1 ? List.of(file) : parts(source.name(), count, open, opener));
        } catch (IOException | RuntimeException e) {
            for (ByteSource each : open) {
                each.close();
            }
            throw e;
        }
    }

    /** Whether a file has all tensors of the model that it says to be a part of: tools that join parts may leave the keys. */
    private static boolean isWhole(GgufFile file) {
        return !file.tensors().isEmpty()
                && file.metadata().integer(TENSORS_KEY).orElse(-1) == file.tensors().size();
    }

    /** What is odd about the files, one sentence each. */
    public List<String> warnings() {
        long count = parts.getFirst().metadata().integer(COUNT_KEY).orElse(1);
        return parts.size() > 1 || count <= 1
                ? List.of()
                : List.of("split.count is " + count + ", but the file holds all " + tensors.size()
                        + (tensors.size() == 1 ? " tensor" : " tensors")
                        + ": it is read as a whole. llama.cpp looks for the other parts and refuses it. Set"
                        + " split.count to 1 (llama.cpp's gguf_set_metadata.py does it)");
    }

    /** @param open holds one part; receives the others as they are opened */
    private static List<GgufFile> parts(String named, long count, List<ByteSource> open, ByteSource.Opener opener)
            throws IOException {
        Matcher name = PART.matcher(named);
        if (!name.matches() || Long.parseLong(name.group(2)) != count) {
            throw new FormatException(named, "is a part of a model in " + count
                    + " files: expected a name like " + partName("NAME", 0, count));
        }
        List<GgufFile> parts = new ArrayList<>();
        for (long number = 0; number < count; number++) {
            String each = partName(name.group(1), number, count);
            if (!each.equals(named)) {
                open.add(part(each, number, count, opener));
            }
            GgufFile part = GgufFile.readHeader(each.equals(named) ? open.getFirst() : open.getLast());
            require(part, NUMBER_KEY, number);
            require(part, COUNT_KEY, count);
            parts.add(part);
        }
        return parts;
    }

    private static ByteSource part(String name, long number, long count, ByteSource.Opener opener) throws IOException {
        try {
            return opener.open(name);
        } catch (NotFoundException e) {
            throw new FormatException(name, "no such file: part " + (number + 1) + " of " + count
                    + " of the model is missing", e);
        }
    }

    /**
     * The name of the file of one part.
     *
     * @param prefix what the names of all parts begin with
     * @param number from 0
     */
    public static String partName(String prefix, long number, long count) {
        return String.format(Locale.ROOT, "%s-%05d-of-%05d.gguf", prefix, number + 1, count);
    }

    private static void require(GgufFile part, String key, long expected) throws FormatException {
        OptionalLong value = part.metadata().integer(key);
        if (value.isEmpty() || value.getAsLong() != expected) {
            throw new FormatException(part.source().name(),
                    key + " is " + (value.isPresent() ? value.getAsLong() : "missing") + ", expected " + expected);
        }
    }

    @Override
    public String name() {
        return name;
    }

    /** The files of the model, in the order of their numbers. */
    public List<GgufFile> parts() {
        return parts;
    }

    /** The keys and values of the first part, which holds those of the model. */
    public Metadata metadata() {
        return parts.getFirst().metadata();
    }

    @Override
    public List<TensorInfo> tensors() {
        return List.copyOf(tensors.values());
    }

    @Override
    public TensorInfo tensor(String tensorName) {
        return tensors.get(tensorName);
    }

    @Override
    public void copy(TensorInfo tensor, long from, byte[] into, int at, int count) throws FormatException {
        source(tensor).copy(tensor.offset() + from, into, at, count);
    }

    @Override
    public void readRows(TensorInfo tensor, long firstRow, int rows, float[] into, int at) throws FormatException {
        ByteSource source = source(tensor);
        ByteOrder order = parts.get(tensor.part()).order();
        if (tensor.ne0() > MAX_COLUMNS) {
            throw new FormatException(source.name(), tensor.name(),
                    "has rows of " + tensor.ne0() + " elements, expected at most " + MAX_COLUMNS);
        }
        int columns = (int) tensor.ne0();
        int count = Math.multiplyExact(rows, columns);
        switch (tensor.type()) {
            case GgmlType.F32 ->
                source.copy(tensor.offset() + firstRow * columns * Float.BYTES, order, into, at, count);
            case GgmlType.F16 -> read(tensor, firstRow * columns, count, into, at,
                    (bytes, first, n) -> Floats.f16(bytes, 0, order, into, first, n));
            case GgmlType.BF16 -> read(tensor, firstRow * columns, count, into, at,
                    (bytes, first, n) -> Floats.bf16(bytes, 0, order, into, first, n));
            case GgmlType type when Codecs.has(type) && order == ByteOrder.LITTLE_ENDIAN -> decode(tensor,
                    Codecs.of(type), firstRow, rows, into, at);
            case ElementType type -> throw new FormatException(source.name(), tensor.name(),
                    "is of type " + type.label() + (order == ByteOrder.BIG_ENDIAN ? " in big-endian byte order" : "")
                            + ", which cannot be decoded");
        }
    }

    /** Decodes quantized rows. Types that interleave rows are decoded in whole groups of them. */
    private void decode(TensorInfo tensor, Codec codec, long firstRow, int rows, float[] into, int at)
            throws FormatException {
        int columns = (int) tensor.ne0();
        int group = codec.rowsPerGroup();
        int groupBytes = Math.toIntExact(group * codec.type().rowBytes(columns));
        int most = Math.max(1, BLOCK / groupBytes) * group;
        byte[] bytes = new byte[most / group * groupBytes];
        float[] groupValues = group == 1 ? null : new float[Math.multiplyExact(group, columns)];
        for (int done = 0; done < rows;) {
            long row = firstRow + done;
            int skipped = (int) (row % group);
            int whole = (rows - done) / group * group;
            boolean direct = skipped == 0 && whole > 0;
            int count = direct ? Math.min(whole, most) : group;
            copy(tensor, (row - skipped) / group * groupBytes, bytes, 0, count / group * groupBytes);
            if (direct) {
                codec.dequantize(bytes, 0, count, columns, into, at + done * columns);
                done += count;
            } else {
                codec.dequantize(bytes, 0, group, columns, groupValues, 0);
                int taken = Math.min(group - skipped, rows - done);
                System.arraycopy(groupValues, skipped * columns, into, at + done * columns, taken * columns);
                done += taken;
            }
        }
    }

    @FunctionalInterface
    private interface Decoder {
        void decode(byte[] bytes, int at, int count);
    }

    private void read(TensorInfo tensor, long first, int count, float[] into, int at, Decoder decoder)
            throws FormatException {
        int width = tensor.type().bytesPerBlock();
        byte[] bytes = new byte[(int) Math.min(BLOCK, (long) count * width)];
        for (int done = 0; done < count; done += BLOCK / width) {
            int length = Math.min(count - done, BLOCK / width);
            copy(tensor, (first + done) * width, bytes, 0, length * width);
            decoder.decode(bytes, at + done, length);
        }
    }

    /** The part that holds a tensor. Only its header was checked when it was opened. */
    private ByteSource source(TensorInfo tensor) throws FormatException {
        ByteSource source = parts.get(tensor.part()).source();
        if (tensor.offset() + tensor.bytes() > source.size()) {
            throw new FormatException(source.name(), tensor.name(), "data end at offset 0x"
                    + Long.toHexString(tensor.offset() + tensor.bytes()) + ", but the file has 0x"
                    + Long.toHexString(source.size()) + " bytes: is it cut short? Fetch it again");
        }
        return source;
    }

    @Override
    public void close() throws IOException {
        for (GgufFile part : parts) {
            part.source().close();
        }
    }
}
