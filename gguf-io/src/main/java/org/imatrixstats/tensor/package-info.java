/** Names and shapes of tensors. */
package org.imatrixstats.tensor;
