package org.imatrixstats.gguf;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.SequencedMap;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.tensor.TensorInfo;

/**
 * A GGUF file: its version, its keys and values, its tensor table. All of it was checked when it was opened; no data
 * have been read.
 */
public final class GgufFile {
    private final ByteSource source;
    private final int version;
    private final ByteOrder order;
    private final Metadata metadata;
    private final SequencedMap<String, TensorInfo> tensors;

    private GgufFile(ByteSource source, GgufParser.Header header) {
        this.source = source;
        this.version = header.version();
        this.order = header.order();
        this.metadata = new Metadata(source, header.order(), header.metadata());
        this.tensors = Collections.unmodifiableSequencedMap(header.tensors());
    }

    /** Whether a file starts with the magic of GGUF. */
    public static boolean isGguf(ByteSource source) throws FormatException {
        return GgufParser.hasMagic(source);
    }

    /**
     * Reads and checks the header of a GGUF file.
     *
     * @throws FormatException if anything in it is not as it should be, or the data of a tensor are not all there
     */
    public static GgufFile read(ByteSource source) throws IOException {
        return new GgufFile(source, new GgufParser(source).parse(true));
    }

    /**
     * Reads and checks the header of a GGUF file, whose data need not be there: the file may be cut off after its
     * header.
     *
     * @throws FormatException if anything in the header is not as it should be
     */
    public static GgufFile readHeader(ByteSource source) throws IOException {
        return new GgufFile(source, new GgufParser(source).parse(false));
    }

    public ByteSource source() {
        return source;
    }

    /** 2 or 3. */
    public int version() {
        return version;
    }

    public ByteOrder order() {
        return order;
    }

    public Metadata metadata() {
        return metadata;
    }

    /** The tensors in the order of the file. */
    public List<TensorInfo> tensors() {
        return List.copyOf(tensors.values());
    }

    /** The tensor of this name; null if there is none. */
    public TensorInfo tensor(String name) {
        return tensors.get(name);
    }
}
