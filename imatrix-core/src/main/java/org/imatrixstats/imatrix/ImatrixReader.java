package org.imatrixstats.imatrix;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import org.imatrixstats.gguf.GgufFile;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FileKind;
import org.imatrixstats.io.MappedFile;
import org.imatrixstats.io.Sources;

/** Reads one container of importance matrices. To add a container: one permitted subclass, one case in {@link #open}. */
public abstract sealed class ImatrixReader permits GgufImatrixReader, LegacyImatrixReader {
    final ByteSource file;

    ImatrixReader(ByteSource file) {
        this.file = file;
    }

    /**
     * Opens an importance matrix in any container, recognized by its content, and checks all of it but its values.
     *
     * @throws org.imatrixstats.io.FormatException if the file cannot be read or is not what it should be
     */
    public static Imatrix open(Path path) throws IOException {
        return read(Sources.open(Sources.name(path)));
    }

    /** The same for a file that is open already, and closed with the importance matrix, or at once if it is none. */
    public static Imatrix read(ByteSource file) throws IOException {
        try {
            if (GgufFile.isGguf(file)) {
                return new GgufImatrixReader(file).read();
            }
            Optional<FileKind> foreign = FileKind.of(file);
            if (foreign.isPresent()) {
                throw new ImatrixException(file.name(),
                        foreign.get().refusal("an importance matrix from llama-imatrix"));
            }
            return new LegacyImatrixReader(file).read();
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    abstract Imatrix read() throws IOException;
}
