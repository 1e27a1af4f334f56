/**
 * Recipes: which tensor gets which type, within a number of bytes, and the rules that make {@code llama-quantize} do so.
 *
 * <p>Start reading at {@link org.imatrixstats.recipe.Recipe}.
 */
package org.imatrixstats.recipe;
