/** Statistics of the weights of a model: figures, samples and clusters per tensor, and what differs between two models. */
package org.imatrixstats.weights;
