package org.imatrixstats.ggml.iq;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import org.imatrixstats.ggml.block.Rounding;

/**
 * The points that groups of values may take, in the order of ggml: a block stores the index of a point. A point has a
 * level from 0 to {@code levels - 1} in each dimension.
 *
 * @param points the level of point p in dimension i at {@code p * dimension + i}
 * @param values what these levels decode to, before the scale
 */
record Grid(int dimension, int levels, byte[] points, float[] values) {
    /**
     * Reads the points from a resource. It has a word for each point: a digit for the level in each dimension.
     *
     * @param magnitudes what each level decodes to, before the scale
     */
    static Grid read(String name, int dimension, float... magnitudes) {
        byte[] text = resource(name + ".grid");
        byte[] points = new byte[text.length / (dimension + 1) * dimension];
        float[] values = new float[points.length];
        int count = 0;
        for (byte c : text) {
            if (c > ' ') {
                points[count] = (byte) (c - '0');
                values[count] = magnitudes[c - '0'];
                count++;
            }
        }
        return new Grid(dimension, magnitudes.length, points, values);
    }

    private static byte[] resource(String name) {
        try (InputStream in = Grid.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int size() {
        return points.length / dimension;
    }

    /** The levels of a point as one number to the base {@code levels}. The level of the first value is the lowest digit. */
    int code(int point) {
        int code = 0;
        for (int i = dimension - 1; i >= 0; i--) {
            code = code * levels + points[point * dimension + i];
        }
        return code;
    }

    /** Writes scale · value · sign for each value of a point. {@code signs} is an index in {@link Signs#FACTORS}. */
    void decode(int point, float scale, int signs, float[] into, int at) {
        for (int i = 0; i < dimension; i++) {
            into[at + i] = scale * values[point * dimension + i] * Signs.FACTORS[signs + i];
        }
    }

    /** The level l from 0 to {@code highest} for which 2·l + 1 is nearest to a value. */
    static int level(float value, int highest) {
        return Math.max(0, Math.min(highest, Rounding.nearest(0.5f * (value - 1))));
    }
}
