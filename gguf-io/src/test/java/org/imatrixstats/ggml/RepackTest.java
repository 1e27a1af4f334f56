package org.imatrixstats.ggml;

import java.nio.file.*;
import java.util.*;
import org.imatrixstats.ggml.interleaved.Interleaving;
import org.junit.jupiter.api.Test;

class RepackTest {
    @Test
    void report() throws Exception {
        for (GgmlType t : GgmlType.values()) {
            Interleaving il = Interleaving.of(t);
            if (il == null) continue;
            Path p = Path.of("/tmp/codec-ik/repacked/" + t.ggmlName() + ".bin");
            if (!Files.exists(p)) { System.out.println(t + " no golden"); continue; }
            byte[] in = Files.readAllBytes(Path.of("../testdata/quantize/vectors-ik_llama.cpp/" + il.packed().ggmlName() + ".imatrix.bin"));
            byte[] ex = Files.readAllBytes(p), out = new byte[in.length], back = new byte[in.length];
            il.pack(in, 0, 8, 1024, out, 0);
            il.unpack(ex, 0, 8, 1024, back, 0);
            System.out.println(t + " pack mismatch " + Arrays.mismatch(out, ex) + " unpack mismatch " + Arrays.mismatch(back, in));
        }
    }
}
