/** Optimal clusters of one-dimensional samples. */
package org.imatrixstats.weights.cluster;
