/**
 * Codecs of ik_llama.cpp's trellis types. A code of 13 to 16 bits is the seed of a pseudo-random sequence of 8 or 4
 * integers, and encoding looks for the seed whose sequence comes closest to the values.
 *
 * <p>Decoding equals ik_llama.cpp to the last bit. Encoding searches the same candidates in the same way, so that the
 * bytes are nearly always the same; sums are taken in another order.
 */
package org.imatrixstats.ggml.trellis;
