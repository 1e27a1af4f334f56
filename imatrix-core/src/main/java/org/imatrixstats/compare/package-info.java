/**
 * Two or more importance matrices of one model, tensor by tensor.
 *
 * <p>Start reading at {@link org.imatrixstats.compare.Pairing}, which finds what can be compared, and
 * {@link org.imatrixstats.compare.TensorPair}, which walks the values of both files together.
 */
package org.imatrixstats.compare;
