/** Tensor types: sizes, names, and how values are stored. */
package org.imatrixstats.ggml;
