/** What commands read and measure before they answer: matrices, models, reviews, spectra, kept figures. */
package org.imatrixstats.app.input;
