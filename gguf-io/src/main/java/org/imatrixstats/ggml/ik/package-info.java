/**
 * ik_llama.cpp's encoders of block types, most of them types of llama.cpp as well. They decode as the codecs of the
 * other packages and search longer for scales, so that the error is a little less. Encoders that give the same as
 * those of llama.cpp or nearly so are not here.
 */
package org.imatrixstats.ggml.ik;
