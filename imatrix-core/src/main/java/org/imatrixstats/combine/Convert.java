package org.imatrixstats.combine;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

import org.imatrixstats.imatrix.Content;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.ImatrixException;
import org.imatrixstats.io.FormatException;

/** The same importance matrix in another container. */
public final class Convert {
    private Convert() {
    }

    /**
     * @param chunkSize tokens per chunk; empty to take that of the file
     * @throws ImatrixException if a GGUF file is to be made and nothing says how many tokens a chunk has
     */
    public static Content convert(Imatrix imatrix, OptionalLong chunkSize, Tolerance tolerance,
            Imatrix.Format target) throws FormatException {
        OptionalLong size = ChunkSize.of(List.of(imatrix), chunkSize, target);
        Input input = new Input(imatrix, size.orElse(1));
        boolean recount = imatrix.origin().format() == Imatrix.Format.GGUF && !size.equals(input.ownChunkSize());
        List<Content.Part> parts = new ArrayList<>();
        LeftOut fillers = new LeftOut(imatrix, tolerance.fillers());
        Validity validity = new Validity(tolerance.invalid());
        for (ImatrixEntry stored : imatrix.entries().values()) {
            ImatrixEntry entry = fillers.of(stored, fillers.experts(stored));
            parts.add(new Converted(input, entry, input.counts(entry), validity));
        }
        List<String> warnings = new ArrayList<>(input.losses().toList());
        // Where one legacy file is made of another nothing changes.
        if (target != Imatrix.Format.LEGACY || imatrix.origin().format() != Imatrix.Format.LEGACY) {
            fillers.warning().ifPresent(warnings::add);
        }
        return new Content(imatrix.origin().datasets(), size,
                recount ? OptionalLong.empty() : imatrix.origin().chunkCount(), imatrix.origin().nextnLayers(), parts,
                warnings, validity::warnings);
    }

    private record Converted(Input input, ImatrixEntry entry, long[] counts,
            Validity validity) implements Content.Part {
        @Override
        public boolean hasInSum() {
            return entry.hasInSum();
        }

        @Override
        public void inSum2(long from, float[] into, int length) throws FormatException {
            input.inSum2(entry, from, into, length);
            validity.require(this, from, into, length, input.file(), _ -> input.file());
        }

        @Override
        public void inSum(long from, float[] into, int length) throws FormatException {
            input.inSum(entry, from, into, length);
        }
    }
}
