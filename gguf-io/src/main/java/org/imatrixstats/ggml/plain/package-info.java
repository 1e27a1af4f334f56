/** Codecs of types without blocks. */
package org.imatrixstats.ggml.plain;
