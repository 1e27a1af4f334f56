package org.imatrixstats.ggml.block;

/**
 * Levels in ascending order, and the same levels shifted up: a block chooses one of the two. The nearest level of a
 * number is found in constant time, because levels are at least 2 apart: between two integers above the first
 * level there is at most one midpoint of two levels.
 */
public final class CodeBook {
    public static final CodeBook IQ2 = new CodeBook(-31, -13, 1, 17, -26, -8, 6, 22);
    public static final CodeBook IQ3 = new CodeBook(-63, -40, -23, -10, 1, 13, 28, 47, //
            -59, -36, -19, -6, 5, 17, 32, 51);
    public static final CodeBook IQ4 = new CodeBook(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89,
            113, //
            -123, -100, -79, -61, -45, -31, -18, -6, 5, 17, 29, 42, 57, 73, 93, 117);
    public static final CodeBook IQ5 = new CodeBook(-126, -114, -103, -92, -83, -74, -65, -57, -50, -43, -36, -30, -24,
            -18, //
            -12, -6, -1, 5, 11, 17, 23, 29, 36, 43, 51, 59, 68, 77, 87, 97, 109, 121, //
            -124, -112, -101, -90, -81, -72, -63, -55, -48, -41, -34, -28, -22, -16, //
            -10, -4, 1, 7, 13, 19, 25, 31, 38, 45, 53, 61, 70, 79, 89, 99, 111, 123);
    public static final CodeBook IQ6 = new CodeBook(-127, -121, -115, -109, -104, -98, -93, -88, -84, -79, -74, -70,
            -66, -62, //
            -58, -54, -51, -47, -44, -40, -37, -34, -31, -28, -25, -22, -19, -16, -13, -11, -8, -5, //
            -2, 0, 3, 6, 9, 12, 14, 17, 20, 23, 27, 30, 33, 36, 40, 44, //
            47, 51, 55, 59, 63, 68, 72, 77, 82, 87, 92, 98, 103, 109, 115, 121, //
            -126, -120, -114, -108, -103, -97, -92, -87, -83, -78, -73, -69, -65, -61, //
            -57, -53, -50, -46, -43, -39, -36, -33, -30, -27, -24, -21, -18, -15, -12, -10, -7, -4, //
            -1, 1, 4, 7, 10, 13, 15, 18, 21, 24, 28, 31, 34, 37, 41, 45, //
            48, 52, 56, 60, 64, 69, 73, 78, 83, 88, 93, 99, 104, 110, 116, 122);

    private final Levels plain;
    private final Levels shifted;

    /** @param values the levels, then the shifted levels */
    private CodeBook(int... values) {
        int size = values.length / 2;
        plain = new Levels(values, 0, size);
        shifted = new Levels(values, size, size);
    }

    public Levels levels(boolean isShifted) {
        return isShifted ? shifted : plain;
    }

    /** The value of each code. */
    public static final class Levels {
        public final float[] value;
        /** Halfway from a level to the next; NaN, which nothing reaches, after the last. */
        private final float[] midpoint;
        /** The level nearest to first + i, in case of a tie the higher one. */
        private final byte[] nearest;

        private Levels(int[] values, int from, int size) {
            value = new float[size];
            midpoint = new float[size];
            for (int i = 0; i < size; i++) {
                value[i] = values[from + i];
                midpoint[i] = i + 1 < size ? (values[from + i] + values[from + i + 1]) * 0.5f : Float.NaN;
            }
            nearest = new byte[values[from + size - 1] - values[from] + 1];
            int level = 0;
            for (int i = 0; i < nearest.length; i++) {
                if (value[0] + i >= midpoint[level]) {
                    level++;
                }
                nearest[i] = (byte) level;
            }
        }

        public float first() {
            return value[0];
        }

        /** The code of the level nearest to {@code x}. */
        public int nearest(float x) {
            int i = Math.max(0, Math.min(nearest.length - 1, (int) (x - value[0])));
            int level = nearest[i];
            return x >= midpoint[level] ? level + 1 : level;
        }
    }
}
