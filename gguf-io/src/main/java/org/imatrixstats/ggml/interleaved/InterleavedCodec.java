package org.imatrixstats.ggml.interleaved;

import org.imatrixstats.ggml.Codec;
import org.imatrixstats.ggml.GgmlType;

/**
 * The codec of a type that holds the bits of another type: it encodes as that one does and then interleaves the rows.
 */
public final class InterleavedCodec implements Codec {
    private final GgmlType type;
    private final Codec codec;

    /** @param codec that of the packed type */
    public InterleavedCodec(GgmlType type, Codec codec) {
        this.type = type;
        this.codec = codec;
    }

    @Override
    public GgmlType type() {
        return type;
    }

    @Override
    public int rowsPerGroup() {
        return Interleaving.of(type).rows();
    }

    @Override
    public boolean canQuantize() {
        return codec.canQuantize();
    }

    @Override
    public boolean requiresWeights() {
        return codec.requiresWeights();
    }

    @Override
    public void dequantize(byte[] from, int offset, int rows, int columns, float[] into, int at) {
        codec.dequantize(unpacked(from, offset, rows, columns), 0, rows, columns, into, at);
    }

    @Override
    public void quantize(float[] from, int at, int rows, int columns, float[] weights, byte[] into, int offset) {
        byte[] plain = new byte[bytes(rows, columns)];
        codec.quantize(from, at, rows, columns, weights, plain, 0);
        Interleaving.of(type).pack(plain, 0, rows, columns, into, offset);
    }

    @Override
    public int invalidBlock(byte[] from, int offset, int rows, int columns) {
        return codec.invalidBlock(unpacked(from, offset, rows, columns), 0, rows, columns);
    }

    private byte[] unpacked(byte[] from, int offset, int rows, int columns) {
        byte[] plain = new byte[bytes(rows, columns)];
        Interleaving.of(type).unpack(from, offset, rows, columns, plain, 0);
        return plain;
    }

    private int bytes(int rows, int columns) {
        return Math.toIntExact(Math.multiplyExact(rows, type.rowBytes(columns)));
    }
}
