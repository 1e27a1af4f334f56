/**
 * Models in any container: their tensors, what they say about themselves, their names in GGUF, their figures.
 *
 * <p>Start reading at {@link org.imatrixstats.model.ModelFile}.
 */
package org.imatrixstats.model;
