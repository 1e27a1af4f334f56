/**
 * What the two {@code llama-quantize} programs will make of a model: which type each tensor gets, and how large it is.
 *
 * <p>Start reading at {@link org.imatrixstats.plan.Dialect}, which knows one program;
 * {@link org.imatrixstats.plan.Plan} is its answer.
 */
package org.imatrixstats.plan;
