package org.imatrixstats.ggml.ik;

import org.imatrixstats.ggml.Codec;
import org.imatrixstats.ggml.RowCodec;

/** A codec that decodes as another one and has its own encoder. */
abstract class Reencoding extends RowCodec {
    private final Codec original;

    Reencoding(Codec original) {
        super(original.type());
        this.original = original;
    }

    @Override
    protected final void dequantizeRow(byte[] from, int offset, int columns, float[] into, int at) {
        original.dequantize(from, offset, 1, columns, into, at);
    }

    /** Encodes without weights, for which the programs do the same or nearly so. */
    final void quantizePlain(float[] from, int at, int columns, byte[] into, int offset) {
        original.quantize(from, at, 1, columns, null, into, offset);
    }

    @Override
    protected final boolean isValid(byte[] from, int offset) {
        return original.invalidBlock(from, offset, 1, type().blockSize()) < 0;
    }
}
