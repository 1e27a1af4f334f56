package org.imatrixstats.gguf;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.SequencedMap;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.MappedFile;
import org.imatrixstats.tensor.TensorInfo;

/**
 * A GGUF file: its version, its keys and values, its tensor table. All of it was checked when it was opened; no data
 * have been read.
 */
public final class GgufFile {
    private final MappedFile file;
    private final int version;
    private final ByteOrder order;
    private final Metadata metadata;
    private final SequencedMap<String, TensorInfo> tensors;

    GgufFile(MappedFile file, int version, ByteOrder order, Metadata metadata,
            SequencedMap<String, TensorInfo> tensors) {
        this.file = file;
        this.version = version;
        this.order = order;
        this.metadata = metadata;
        this.tensors = Collections.unmodifiableSequencedMap(tensors);
    }

    /** Whether a file starts with the magic of GGUF. */
    public static boolean isGguf(MappedFile file) throws FormatException {
        return GgufParser.hasMagic(file);
    }

    /**
     * Reads and checks the header of a mapped GGUF file.
     *
     * @throws FormatException if anything in it is not as it should be, or the data of a tensor are not all there
     */
    public static GgufFile read(MappedFile file) throws IOException {
        return new GgufParser(file).parse(true);
    }

    /**
     * Reads and checks the header of a mapped GGUF file, whose data need not be there: the file may be cut off after its
     * header.
     *
     * @throws FormatException if anything in the header is not as it should be
     */
    public static GgufFile readHeader(MappedFile file) throws IOException {
        return new GgufParser(file).parse(false);
    }

    public MappedFile file() {
        return file;
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
