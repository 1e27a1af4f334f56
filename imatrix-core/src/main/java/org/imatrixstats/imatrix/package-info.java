/**
 * Importance matrices: what a file holds, whichever container it is in.
 *
 * <p>Start reading at {@link org.imatrixstats.imatrix.ImatrixReader#open}, which checks everything about a file before
 * any data are read and answers with an {@link org.imatrixstats.imatrix.Imatrix}.
 */
package org.imatrixstats.imatrix;
