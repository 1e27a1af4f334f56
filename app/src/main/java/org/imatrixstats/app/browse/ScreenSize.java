package org.imatrixstats.app.browse;

/** Of a terminal, in characters. */
record ScreenSize(int width, int height) {
}
