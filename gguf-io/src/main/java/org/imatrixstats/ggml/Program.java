package org.imatrixstats.ggml;

/** The programs that quantize: they share most tensor types, but not all. */
public enum Program {
    LLAMA_CPP, IK_LLAMA_CPP
}
