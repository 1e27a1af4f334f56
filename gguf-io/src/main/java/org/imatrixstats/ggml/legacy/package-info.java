/** Codecs of blocks with one scale, and an offset in some types. */
package org.imatrixstats.ggml.legacy;
