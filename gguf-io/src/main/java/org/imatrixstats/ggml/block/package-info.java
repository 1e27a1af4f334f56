/** What the codecs of several families share: half precision, rounding, searches for scales. */
package org.imatrixstats.ggml.block;
