package org.imatrixstats.app.browse;

import java.util.Locale;

/**
 * One of a list to choose from.
 *
 * @param key by which it is known; {@code label} and {@code meaning} are for people
 */
record Item(String key, String label, String meaning) {
    boolean matches(String word) {
        return (key + ' ' + label + ' ' + meaning).toLowerCase(Locale.ROOT).contains(word);
    }
}
