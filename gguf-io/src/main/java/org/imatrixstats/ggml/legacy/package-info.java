/** Codecs of the first block types: 32 values with one scale. */
package org.imatrixstats.ggml.legacy;
