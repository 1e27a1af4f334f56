/**
 * Bytes: mapped files, the GGUF container, tensor types. Knows nothing of importance matrices.
 *
 * <p>Start reading at {@link org.imatrixstats.gguf.GgufFile}; {@code GgufParser} is the only class that knows the byte
 * layout of GGUF, {@link org.imatrixstats.gguf.MappedFile} the only one that touches mapped memory.
 */
package org.imatrixstats.gguf;
