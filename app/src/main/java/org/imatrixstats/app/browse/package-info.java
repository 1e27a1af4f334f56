/**
 * The full-screen view: {@code State} is all that is shown, a {@code Key} makes another one of it, {@code View} draws it, and
 * {@code Session} does that on a terminal.
 */
package org.imatrixstats.app.browse;
