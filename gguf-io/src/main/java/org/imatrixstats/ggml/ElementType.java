package org.imatrixstats.ggml;

/**
 * How the elements of a row are stored: blocks of {@link #blockSize} elements in {@link #bytesPerBlock} bytes; some types
 * have a few bytes more per row. {@code GgmlType} has the types of ggml; other containers add theirs.
 */
public interface ElementType {
    /** The name that its format gives it, such as {@code q4_K} or {@code F8_E4M3}. */
    String label();

    /** Elements per block; 1 for plain numbers. */
    int blockSize();

    int bytesPerBlock();

    /** Bytes of a row beside its blocks, such as a scale; mostly 0. */
    default int bytesPerRow() {
        return 0;
    }
}
