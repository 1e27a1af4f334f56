/** What each block of a layer writes to the residual stream, or the score of its layer: how much its tensors weigh. */
package org.imatrixstats.recipe.residual;
