package org.imatrixstats.ggml;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.*;
import java.util.*;
import org.junit.jupiter.api.Test;

class IkVectorsTest {
    static final Path V = Path.of("../testdata/quantize/vectors-ik_llama.cpp");

    @Test
    void report() throws IOException {
        float[] x = floats(Path.of("/work/shared/reference/quantize/vectors/input.f32"));
        float[] w = floats(Path.of("/work/shared/reference/quantize/vectors/imatrix.f32"));
        for (GgmlType type : GgmlType.values()) {
            for (String kind : List.of("plain", "imatrix")) {
                Path bin = V.resolve(type.ggmlName() + "." + kind + ".bin");
                if (!Files.exists(bin) || !Codecs.has(type)) continue;
                byte[] b = Files.readAllBytes(bin);
                float[] f = floats(V.resolve(type.ggmlName() + "." + kind + ".f32"));
                float[] d = new float[8192];
                Codec codec = Codecs.ofIkLlamaCpp(type);
                codec.dequantize(b, 0, 8, 1024, d, 0);
                int bad = 0, first = -1;
                for (int i = 0; i < 8192; i++) if (Float.floatToRawIntBits(d[i]) != Float.floatToRawIntBits(f[i])) { bad++; if (first < 0) first = i; }
                byte[] o = new byte[b.length];
                Arrays.fill(o, (byte) 0x55);
                codec.quantize(x, 0, 8, 1024, kind.equals("plain") ? null : w, o, 0);
                int diff = 0;
                for (int i = 0; i < b.length; i++) if (o[i] != b[i]) diff++;
                codec.dequantize(o, 0, 8, 1024, d, 0);
                double[] e = error(x, w, d), r = error(x, w, f);
                System.out.printf("%-8s %-8s decode bad %d (first %d)  bytes differ %d of %d  sse %+.4f%% wsse %+.4f%% rows", type.ggmlName(), kind, bad, first, diff, b.length, 100 * (e[0] / r[0] - 1), 100 * (e[1] / r[1] - 1));
                int rb = b.length / 8;
                for (int row = 0; row < 8; row++) { int n = 0; for (int i = row*rb; i < row*rb+rb; i++) if (o[i] != b[i]) n++; System.out.print(" " + n); }
                System.out.println();
            }
        }
    }

    static double[] error(float[] x, float[] w, float[] d) {
        double s = 0, ws = 0;
        for (int i = 0; i < 8192; i++) { double e = (double) x[i] - d[i]; s += e * e; ws += w[i % 1024] * e * e; }
        return new double[]{s, ws};
    }

    static float[] floats(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        float[] floats = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
    }
}
