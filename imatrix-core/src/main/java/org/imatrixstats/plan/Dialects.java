package org.imatrixstats.plan;

import java.util.List;

import org.imatrixstats.plan.ikllamacpp.IkLlamaCpp;
import org.imatrixstats.plan.llamacpp.LlamaCpp;

/** The programs that can be simulated. */
public final class Dialects {
    private static final Dialect LLAMA_CPP = new LlamaCpp();
    private static final Dialect IK_LLAMA_CPP = new IkLlamaCpp();

    private Dialects() {
    }

    /** Both, llama.cpp first. */
    public static List<Dialect> all() {
        return List.of(LLAMA_CPP, IK_LLAMA_CPP);
    }

    /** {@code llama-quantize} of llama.cpp. */
    public static Dialect llamaCpp() {
        return LLAMA_CPP;
    }

    /** {@code llama-quantize} of ik_llama.cpp. */
    public static Dialect ikLlamaCpp() {
        return IK_LLAMA_CPP;
    }
}
