/**
 * The one loop over values. {@link org.imatrixstats.scan.Partition} cuts the data into parts, each part gives its values in
 * {@link org.imatrixstats.scan.Block}s, and {@link org.imatrixstats.scan.Parallel} works on many parts at a time and merges
 * their sums in order. {@link org.imatrixstats.scan.OrderedWork} hands on the results of parts one after the other instead.
 */
package org.imatrixstats.scan;
