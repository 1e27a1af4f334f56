/**
 * Codecs of ik_llama.cpp's row-interleaved types. Four, eight or sixteen rows lie together, block by block, with the
 * bits in the order in which vector instructions want them. Most hold exactly the bits of another type in another
 * order.
 */
package org.imatrixstats.ggml.interleaved;
