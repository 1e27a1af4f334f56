/** The spectra of a model's weights as text. */
package org.imatrixstats.app.output.spectrum;
