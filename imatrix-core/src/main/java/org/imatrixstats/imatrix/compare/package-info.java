/**
 * Two or more importance matrices of one model, tensor by tensor.
 *
 * <p>Start reading at {@link org.imatrixstats.imatrix.compare.Pairing}, which finds what can be compared, and
 * {@link org.imatrixstats.imatrix.compare.TensorPair}, which walks the values of both files together.
 */
package org.imatrixstats.imatrix.compare;
