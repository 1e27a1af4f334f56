/** Codecs of the k-types: super-blocks of 256 values whose groups have a scale each. */
package org.imatrixstats.ggml.k;
