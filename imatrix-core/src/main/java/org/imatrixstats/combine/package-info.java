/**
 * Importance matrices made of others, and writing them.
 *
 * <p>A {@link org.imatrixstats.imatrix.Content} says what a file shall hold without holding it: its values are made
 * from the inputs when they are written. {@code Merge}, {@code Subtract} and {@code Convert} make one;
 * {@code ImatrixWriter} writes it.
 */
package org.imatrixstats.combine;

import org.imatrixstats.imatrix.Content;
import org.imatrixstats.imatrix.ImatrixWriter;
