/** The formats of {@code weights}. */
package org.imatrixstats.app.output.weights;
