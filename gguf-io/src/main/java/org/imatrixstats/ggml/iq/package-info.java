/**
 * The i-quants of llama.cpp: values are grouped, and each group is the nearest of a fixed set of points (iq1, iq2, iq3),
 * or single values are one of 16 unevenly spaced levels (iq4).
 */
package org.imatrixstats.ggml.iq;
