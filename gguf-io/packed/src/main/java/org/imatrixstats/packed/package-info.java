/** Packed files. {@code gguf-io} works without this module. */
package org.imatrixstats.packed;
