/** Codecs of the types with three levels. */
package org.imatrixstats.ggml.ternary;
