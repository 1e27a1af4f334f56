/** The multiple-choice knapsack: one choice per item within a budget. It knows nothing of tensors. */
package org.imatrixstats.recipe.knapsack;
