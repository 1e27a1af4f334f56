/**
 * Codecs of ik_llama.cpp's own types: iq2_k to iq6_k and their relatives with one scale per row, and its simple types.
 * Most map a few bits to a level of a fixed table, a code book, times the scale of 16 or 32 values.
 *
 * <p>Decoding equals ik_llama.cpp to the last bit. Encoding follows its searches in plain float32 arithmetic;
 * ik_llama.cpp is built with fused multiply-add, so a few bytes differ, as they do between its own builds.
 */
package org.imatrixstats.ggml.iqk;
