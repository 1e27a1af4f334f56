/**
 * The statistics of the llama-imatrix programs with their arithmetic, for tables that must equal theirs to the last digit.
 * The true figures are those of {@code stats}.
 */
package org.imatrixstats.llamacpp;
