package org.imatrixstats.ggml;

/** A codec of a type that has the only float scale of a row before its blocks. The scales in the blocks are integers. */
public abstract class RowScaleCodec extends RowCodec {
    protected RowScaleCodec(GgmlType type) {
        super(type);
    }

    @Override
    protected final boolean isValid(byte[] from, int offset) {
        return true;
    }

    @Override
    protected abstract boolean isValidRow(byte[] from, int offset);
}
