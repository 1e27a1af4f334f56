package org.imatrixstats.io;

/** Numbers of things in messages. */
public final class Count {
    private Count() {
    }

    /** Such as {@code 1 tensor} or {@code 3 tensors}. */
    public static String of(long number, String noun) {
        return number + " " + (number == 1 ? noun : noun + "s");
    }
}
