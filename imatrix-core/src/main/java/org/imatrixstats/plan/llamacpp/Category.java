package org.imatrixstats.plan.llamacpp;

/** What a tensor does, as llama-quantize of llama.cpp takes it from the name: the first that fits. */
enum Category {
    OUTPUT, TOKEN_EMBEDDING, ATTENTION_QKV, ATTENTION_KV_B, ATTENTION_V, ATTENTION_K, ATTENTION_Q, ATTENTION_OUTPUT, //
    FFN_UP, FFN_GATE, FFN_DOWN, OTHER;

    static Category of(String tensor) {
        if (tensor.equals("output.weight")) {
            return OUTPUT;
        }
        if (tensor.equals("token_embd.weight") || tensor.equals("per_layer_token_embd.weight")) {
            return TOKEN_EMBEDDING;
        }
        Category attention = tensor.contains("attn_") ? attention(tensor) : OTHER;
        return attention == OTHER && tensor.contains("ffn_") ? feedForward(tensor) : attention;
    }

    private static Category attention(String tensor) {
        if (tensor.contains("attn_qkv.weight")) {
            return ATTENTION_QKV;
        }
        if (tensor.contains("attn_kv_b.weight")) {
            return ATTENTION_KV_B;
        }
        if (tensor.contains("attn_v.weight")) {
            return ATTENTION_V;
        }
        if (tensor.contains("attn_k.weight")) {
            return ATTENTION_K;
        }
        if (tensor.contains("attn_q.weight")) {
            return ATTENTION_Q;
        }
        return tensor.contains("attn_output.weight") ? ATTENTION_OUTPUT : OTHER;
    }

    private static Category feedForward(String tensor) {
        if (tensor.contains("ffn_up")) {
            return FFN_UP;
        }
        if (tensor.contains("ffn_gate")) {
            return FFN_GATE;
        }
        return tensor.contains("ffn_down") ? FFN_DOWN : OTHER;
    }

    /** Counted as values of attention. */
    boolean isValue() {
        return this == ATTENTION_V || this == ATTENTION_QKV || this == ATTENTION_KV_B;
    }
}
