/**
 * PyTorch checkpoints, read without executing anything.
 *
 * <p>Start reading at {@link org.imatrixstats.pytorch.Checkpoint}. {@code ZipIndex} is the only class that knows the bytes
 * of a zip archive, {@code Unpickler} the only one that knows those of a pickle; {@code KnownName} has the names that a
 * pickle may hold.
 */
package org.imatrixstats.pytorch;
