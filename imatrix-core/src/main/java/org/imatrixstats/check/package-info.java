/**
 * Findings about an importance matrix: what would make a quantizer refuse it, or the result worse than it need be.
 *
 * <p>Start reading at {@link org.imatrixstats.check.ImatrixCheck}; what can be found, and how bad it is, is in
 * {@link org.imatrixstats.check.FindingCode}.
 */
package org.imatrixstats.check;
