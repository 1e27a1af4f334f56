package org.imatrixstats.imatrix;

/** What helps where something is refused. The application says by which option or command. */
public enum Remedy {
    /** Say how many tokens a chunk has. */
    CHUNK_SIZE,
    /** Supply an importance matrix, or ignore that the program demands one. */
    IMATRIX,
    /** Check the importance matrix: it has values that no program accepts. */
    CHECK,
    /** Convert the importance matrix. */
    CONVERT,
    /** Supply a distortion for the type. */
    DISTORTION,
    /** Allow other types, choose the type of the tensor, or supply distortions. */
    TYPES,
    /** Supply smaller distortions, sensitivities or weights. */
    LOSSES,
    /** Use the file as a model. */
    MODEL,
    /** Remove the line from the journal: what it held is measured again. */
    JOURNAL_LINE,
    /** Delete the journal: without its first lines, its results cannot be used. */
    JOURNAL_HEAD,
    /** Go on with the version that wrote the journal, or delete it. */
    JOURNAL_VERSION,
    /** Name another file, or move this one away. */
    OTHER_FILE;

    /** An exception that knows what helps. */
    public interface Known {
        /** Null if nothing is known to help. */
        Remedy remedy();
    }
}
