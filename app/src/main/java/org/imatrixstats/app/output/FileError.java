package org.imatrixstats.app.output;

/**
 * Why one of several files is not shown.
 *
 * @param file    as given on the command line
 * @param message what is wrong with it
 */
public record FileError(String file, String message) {
}
