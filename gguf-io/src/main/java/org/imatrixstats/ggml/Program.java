package org.imatrixstats.ggml;

/** The programs that quantize: they share most tensor types, but not all. */
public enum Program {
    LLAMA_CPP("llama.cpp"), IK_LLAMA_CPP("ik_llama.cpp");

    private final String label;

    Program(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
