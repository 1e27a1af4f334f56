package org.imatrixstats.safetensors;

import java.util.List;

import org.imatrixstats.tensor.DType;

/**
 * A tensor of a safetensors file.
 *
 * @param shape  elements per dimension, slowest first; empty for a scalar
 * @param offset where its data start, in bytes from the start of the file
 * @param bytes  how many bytes its data take
 */
public record SafetensorsTensor(String name, DType type, List<Long> shape, long offset, long bytes) {
}
