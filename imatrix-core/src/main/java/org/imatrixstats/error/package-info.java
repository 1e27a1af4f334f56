/**
 * What each type costs each tensor: quantization errors, measured in independent tasks whose sums merge in the order of the
 * tasks, on one machine or on many.
 *
 * <p>Start reading at {@link org.imatrixstats.error.ErrorPlan}.
 */
package org.imatrixstats.error;
