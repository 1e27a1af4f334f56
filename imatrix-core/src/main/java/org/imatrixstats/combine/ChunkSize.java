package org.imatrixstats.combine;

import java.util.Collection;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixException;
import org.imatrixstats.imatrix.Remedy;

/** Tokens per chunk of what is written: as given, or as the inputs have it. */
final class ChunkSize {
    /** What a GGUF file can say, in a uint32. A file that says more, or nothing above 0, does not say. */
    private static final long MOST = 0xffff_ffffL;

    private ChunkSize() {
    }

    /**
     * @param given by the user; empty to take that of the inputs
     * @return empty only where legacy files are made from legacy files, which can count in chunks of any size
     * @throws ImatrixException if the inputs do not agree, or a GGUF file is to be made and no input says
     */
    static OptionalLong of(Collection<Imatrix> inputs, OptionalLong given, Imatrix.Format target)
            throws ImatrixException {
        if (given.isPresent()) {
            return given;
        }
        TreeSet<Long> sizes = new TreeSet<>();
        for (Imatrix input : inputs) {
            input.origin().chunkSize().stream().filter(size -> size > 0 && size <= MOST).forEach(sizes::add);
        }
        Imatrix first = inputs.iterator().next();
        if (sizes.size() > 1) {
            throw new ImatrixException(first.name(), "the inputs have chunks of different sizes ("
                    + sizes.stream().map(String::valueOf).collect(Collectors.joining(", "))
                    + " tokens)", Remedy.CHUNK_SIZE);
        }
        if (sizes.isEmpty() && (target == Imatrix.Format.GGUF || !allLegacy(inputs))) {
            throw new ImatrixException(first.name(), "does not say how many tokens a chunk has", Remedy.CHUNK_SIZE);
        }
        return sizes.isEmpty() ? OptionalLong.empty() : OptionalLong.of(sizes.first());
    }

    private static boolean allLegacy(Collection<Imatrix> inputs) {
        return inputs.stream().allMatch(input -> input.origin().format() == Imatrix.Format.LEGACY);
    }
}
