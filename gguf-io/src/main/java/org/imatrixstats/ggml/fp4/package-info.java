/** Codecs of blocks of 4-bit floats. */
package org.imatrixstats.ggml.fp4;
