package org.imatrixstats.imatrix;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

import org.imatrixstats.io.Count;

/**
 * The legacy container. Its one count per entry is that of the expert with the most rows, in chunks, rounded up; its values
 * are E[x²] times that. An expert without data gets E[x²] = 1 in every column, as llama-imatrix writes it; an entry without
 * any data is left out. Of several datasets it holds the last.
 */
final class LegacyImatrixWriter extends ImatrixWriter {
    @Override
    public void write(Content content, OutputStream out, LongConsumer progress) throws IOException {
        long chunkSize = content.chunkSize().orElse(1);
        List<Content.Part> parts = content.parts().stream().filter(LegacyImatrixWriter::hasData).toList();
        if (parts.isEmpty()) {
            throw new IOException("no tensor has data: a legacy file needs one at least");
        }
        int32(out, parts.size());
        for (Content.Part part : parts) {
            long[] counts = part.counts();
            long chunks = Math.ceilDiv(Arrays.stream(counts).max().orElseThrow(), chunkSize);
            string(out, part.name());
            int32(out, fitting(chunks, part, "chunks"));
            int32(out, fitting(part.size(), part, "values"));
            long columns = part.size() / counts.length;
            stream(part.size(), (from, into, length) -> {
                part.inSum2(from, into, length);
                for (int i = 0; i < length; i++) {
                    float count = counts[(int) ((from + i) / columns)];
                    // Where rows are counted in chunks already, the values are what they shall be: no rounding.
                    into[i] = count == 0 ? chunks : count == chunks ? into[i] : into[i] / count * chunks;
                }
            }, (block, length) -> out.write(block, 0, length), progress);
        }
        int32(out, (int) content.chunks(Integer.MAX_VALUE));
        string(out, content.datasets().isEmpty() ? "" : content.datasets().getLast());
    }

    @Override
    public long tensorCount(Content content) {
        return content.parts().stream().filter(LegacyImatrixWriter::hasData).count();
    }

    @Override
    public List<String> losses(Content content) {
        List<String> losses = new ArrayList<>();
        long experts = content.parts().stream().filter(part -> part.counts().length > 1).count();
        if (experts > 0) {
            losses.add(
                    "a legacy file does not hold how many rows each expert saw (" + Count.of(experts, "tensor") + ")");
        }
        long filled = content.parts().stream().filter(LegacyImatrixWriter::hasData)
                .filter(part -> Arrays.stream(part.counts()).anyMatch(count -> count == 0)).count();
        if (filled > 0) {
            losses.add("experts without data are written as 1.0 in every column, as llama-imatrix does ("
                    + Count.of(filled, "tensor") + ")");
        }
        List<String> empty = content.parts().stream().filter(part -> !hasData(part)).map(Content.Part::name).toList();
        if (!empty.isEmpty()) {
            losses.add("tensors without any data are left out: " + String.join(", ", empty));
        }
        if (content.parts().stream().anyMatch(Content.Part::hasInSum)) {
            losses.add("a legacy file does not hold sums of x (in_sum)");
        }
        if (content.datasets().size() > 1) {
            losses.add("a legacy file holds one dataset, the last; left out: "
                    + String.join(", ", content.datasets().subList(0, content.datasets().size() - 1)));
        }
        return losses;
    }

    private static boolean hasData(Content.Part part) {
        return part.size() > 0 && Arrays.stream(part.counts()).anyMatch(count -> count > 0);
    }

    private static int fitting(long number, Content.Part part, String what) throws IOException {
        if (number > Integer.MAX_VALUE) {
            throw new IOException("tensor '" + part.name() + "': " + number + " " + what
                    + " do not fit a legacy file, which counts them in 32 bits: write GGUF");
        }
        return (int) number;
    }

    private static void string(OutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int32(out, utf8.length);
        out.write(utf8);
    }

    private static void int32(OutputStream out, int value) throws IOException {
        out.write(ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }
}
