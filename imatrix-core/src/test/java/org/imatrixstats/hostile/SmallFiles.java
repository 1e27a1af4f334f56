package org.imatrixstats.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.LegacyBuilder;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Sound files with everything in them that a reader looks at, as small as can be: a change anywhere matters. */
public final class SmallFiles {
    private static final Path CHECKPOINTS = testdata().resolve("checkpoints");

    private SmallFiles() {
    }

    /** The tests of the modules run in folders of different depth. */
    private static Path testdata() {
        Path near = Path.of("..", "testdata");
        return Files.isDirectory(near) ? near : Path.of("..", "..", "testdata");
    }

    /** Two layers, experts with and without data, sums of x, and all keys. */
    public static byte[] gguf(ByteOrder order) {
        return new GgufImatrixBuilder(order).keys(List.of("a.txt", "b.txt"), 3, 512).key("imatrix.n_layer_nextn", 1)
                .entry("blk.0.attn_q.weight", new float[]{9}, 1, 2, 3, 4).inSum("blk.0.attn_q.weight", 1, 1, -1, 2, 0)
                .entry("blk.0.ffn_gate_inp.weight", new float[]{9}, 1, 2)
                .entry("blk.0.ffn_up_exps.weight", new float[]{3, 0, 6}, 1, 2, 0, 0, 5, 6)
                .entry("blk.1.attn_q.weight", new float[]{9}, 4, 3, 2, 1)
                .entry("blk.1.ffn_up_exps.weight", new float[]{3, 5, 1}, 1, 2, 3, 4, 5, 6)
                .entry("output.weight", new float[]{9}, 7, 8).build();
    }

    /** With a trailer. */
    public static byte[] legacy() {
        return new LegacyBuilder().entry("blk.0.attn_q.weight", 3, 1, 2, 3, 4)
                .entry("blk.0.ffn_gate_inp.weight", 3, 1, 2)
                .entry("blk.0.ffn_up_exps.weight", 3, 1, 2, 1, 1, 5, 6).entry("blk.1.attn_q.weight", 3, 4, 3, 2, 1)
                .entry("output.weight", 3, 7, 8).chunks(3).dataset("a.txt").build();
    }

    /** Rules for tensors, with most of what a pattern may hold. */
    public static List<byte[]> rules() {
        return Stream.of("attn_q=q4_k", "blk\\.(0|1[0-9]|2)\\.ffn_(down|up)(_exps)?\\.weight=q6_K,output=q8_0",
                "^blk\\.[^0-3]\\d*\\.ffn_.{1,3}[[:alpha:]]+$=iq4_xs", "(?:a+|b*?)(?=c)(?!d)\\b\\x41\\u0042\\cA\\1=f16")
                .map(rule -> rule.getBytes(StandardCharsets.UTF_8)).toList();
    }

    /** Safetensors files of all types and shapes. */
    public static List<byte[]> safetensors() throws IOException {
        return read("safetensors/dtypes.safetensors", "safetensors/scalar-and-zero.safetensors",
                "safetensors/single.safetensors");
    }

    /** PyTorch checkpoints of both layouts, stored and deflated. */
    public static List<byte[]> checkpoints() throws IOException {
        return read("torch/dtypes.pth", "torch/deflated.pth", "torch/tied-views.pth", "torch/legacy-views.pth",
                "torch/float8-v3.pth", "torch/nested-model.pth");
    }

    /** The pickles of checkpoints that name one storage of 16 bytes. */
    public static List<byte[]> pickles() throws IOException {
        List<byte[]> pickles = new ArrayList<>();
        for (String name : List.of("bad/torch/os-system.pth", "bad/torch/memo-bomb.pth", "bad/torch/self-reference.pth",
                "torch/cuda-location.pth", "bad/torch/stack-global-memo.pth", "bad/torch/build-setstate.pth")) {
            try (ZipFile zip = new ZipFile(CHECKPOINTS.resolve(name).toFile())) {
                pickles.add(zip.getInputStream(zip.getEntry("archive/data.pkl")).readAllBytes());
            }
        }
        return pickles;
    }

    private static List<byte[]> read(String... names) throws IOException {
        List<byte[]> files = new ArrayList<>();
        for (String name : names) {
            files.add(Files.readAllBytes(CHECKPOINTS.resolve(name)));
        }
        return files;
    }

    /** Packed by an algorithm of Commons Compress. */
    public static byte[] packed(String algorithm, byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        // The usual preset of xz takes 94 MiB for itself, and asks for 8 of the reader.
        try (OutputStream out = algorithm.equals("xz")
                ? new XZOutputStream(packed, new LZMA2Options(0))
                : new CompressorStreamFactory().createCompressorOutputStream(algorithm, packed)) {
            out.write(content);
        }
        return packed.toByteArray();
    }
}
