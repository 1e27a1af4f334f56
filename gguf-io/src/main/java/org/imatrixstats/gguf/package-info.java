/**
 * The GGUF container.
 *
 * <p>Start reading at {@link org.imatrixstats.gguf.GgufFile}. {@code GgufParser} is the only class that knows the byte
 * layout of GGUF.
 */
package org.imatrixstats.gguf;
