package org.imatrixstats.ggml.trellis;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * All codes of a type, for encoding. To find the code whose sequence is nearest to a group of values, the space is cut
 * into cells, by one or more bounds in each dimension. For each cell a list has the candidates: the codes to which the
 * center of the cell is among the nearest centers. That is ik_llama.cpp's search.
 */
final class Codes {
    /** Values in a group. */
    private final int group;
    /** The sequence of each code, one after the other. */
    private final float[] value;
    private final float[][] bounds;
    /** The codes of each cell. */
    private final int[][] candidates;
    /** The values of the candidates of each cell: all first values, then all second ones, and so on. */
    private final byte[][] candidateValues;
    private final int longest;

    /**
     * @param bits       of a code
     * @param start      the first state of code 0
     * @param isPositive whether signs are stored apart, so that only magnitudes count
     * @param bounds     between cells in each dimension, the same in all; null for the middle of each dimension
     * @param nearest    in how many cells each code is a candidate
     */
    Codes(int group, int bits, int start, boolean isPositive, float[] bounds, int nearest) {
        this.group = group;
        value = new float[group << bits];
        for (int code = 0; code < 1 << bits; code++) {
            Sequence.decode(start + code, 1, group, value, group * code);
        }
        if (isPositive) {
            for (int i = 0; i < value.length; i++) {
                value[i] = Math.abs(value[i]);
            }
        }
        this.bounds = new float[group][];
        for (int k = 0; k < group; k++) {
            this.bounds[k] = bounds != null ? bounds : new float[]{Math.nextUp(isPositive ? median(k) : middle(k))};
        }
        candidates = candidates(nearest);
        candidateValues = new byte[candidates.length][];
        int longest = 0;
        for (int cell = 0; cell < candidates.length; cell++) {
            int count = candidates[cell].length;
            longest = Math.max(longest, count);
            candidateValues[cell] = new byte[group * count];
            for (int i = 0; i < count; i++) {
                for (int k = 0; k < group; k++) {
                    candidateValues[cell][k * count + i] = (byte) value[group * candidates[cell][i] + k];
                }
            }
        }
        this.longest = longest;
    }

    int group() {
        return group;
    }

    /** Value k of the sequence of a code. */
    float value(int code, int k) {
        return value[group * code + k];
    }

    /** The number of candidates of the cell that has most. */
    int longest() {
        return longest;
    }

    /**
     * The code with the smallest weighted squared distance to a group of values.
     *
     * @param x      the values, divided by the scale
     * @param weight how much each counts, from {@code at} on
     * @param score  work space for {@link #longest} numbers
     */
    int nearest(float[] x, float[] weight, int at, float[] score) {
        int cell = cell(x, 0);
        int[] codes = candidates[cell];
        addDistances(candidateValues[cell], codes.length, x, weight, at, score);
        return codes[indexOfLeast(score, codes.length)];
    }

    /** One dimension at a time: the compiler turns such a short loop into vector instructions, but not one over all. */
    private static void addDistances(byte[] v, int count, float[] x, float[] w, int at, float[] sum) {
        setDistance(v, 0, count, x[0], w[at], sum);
        for (int k = 1; k < x.length; k++) {
            addDistance(v, k * count, count, x[k], w[at + k], sum);
        }
    }

    private static void setDistance(byte[] v, int from, int count, float x, float w, float[] sum) {
        for (int i = 0; i < count; i++) {
            float d = v[from + i] - x;
            sum[i] = w * (d * d);
        }
    }

    private static void addDistance(byte[] v, int from, int count, float x, float w, float[] sum) {
        for (int i = 0; i < count; i++) {
            float d = v[from + i] - x;
            sum[i] += w * (d * d);
        }
    }

    private static int indexOfLeast(float[] score, int count) {
        int index = 0;
        for (int i = 1; i < count; i++) {
            index = score[i] < score[index] ? i : index;
        }
        return index;
    }

    private int cell(float[] v, int at) {
        int cell = 0;
        int factor = 1;
        for (int k = 0; k < group; k++) {
            for (float bound : bounds[k]) {
                cell += v[at + k] >= bound ? factor : 0;
            }
            factor *= bounds[k].length + 1;
        }
        return cell;
    }

    private int cells() {
        int cells = 1;
        for (float[] b : bounds) {
            cells *= b.length + 1;
        }
        return cells;
    }

    private float middle(int k) {
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        for (int i = k; i < value.length; i += group) {
            min = Math.min(min, value[i]);
            max = Math.max(max, value[i]);
        }
        return 0.5f * (min + max);
    }

    private float median(int k) {
        float[] sorted = new float[value.length / group];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = value[group * i + k];
        }
        Arrays.sort(sorted);
        return 0.5f * (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]);
    }

    private int[][] candidates(int nearest) {
        float[][] center = centers();
        int cells = center[0].length;
        int[][] list = new int[cells][16];
        int[] length = new int[cells];
        int[] closest = new int[nearest];
        float[] distance = new float[cells];
        for (int code = 0; code < value.length / group; code++) {
            Arrays.fill(distance, 0);
            for (int k = 0; k < group; k++) {
                addDistance(center[k], value[group * code + k], distance);
            }
            indexesOfLeast(distance, closest);
            for (int cell : closest) {
                if (length[cell] == list[cell].length) {
                    list[cell] = Arrays.copyOf(list[cell], 2 * length[cell]);
                }
                list[cell][length[cell]++] = code;
            }
        }
        for (int cell = 0; cell < cells; cell++) {
            list[cell] = filled(list[cell], length[cell], center, cell);
        }
        return list;
    }

    private static void addDistance(float[] center, float x, float[] sum) {
        for (int i = 0; i < sum.length; i++) {
            float d = center[i] - x;
            sum[i] += d * d;
        }
    }

    /** The mean of the codes in each cell, for each dimension. */
    private float[][] centers() {
        float[][] center = new float[group][cells()];
        int[] count = new int[cells()];
        for (int i = 0; i < value.length; i += group) {
            int cell = cell(value, i);
            count[cell]++;
            for (int k = 0; k < group; k++) {
                center[k][cell] += value[i + k];
            }
        }
        for (float[] c : center) {
            for (int cell = 0; cell < c.length; cell++) {
                c[cell] /= Math.max(1, count[cell]);
            }
        }
        return center;
    }

    /** The places of the smallest numbers, smallest first. */
    private static void indexesOfLeast(float[] distance, int[] least) {
        int found = 0;
        for (int i = 0; i < distance.length; i++) {
            float d = distance[i];
            if (found == least.length && d >= distance[least[found - 1]]) {
                continue;
            }
            int place = found < least.length ? found++ : found - 1;
            while (place > 0 && distance[least[place - 1]] > d) {
                least[place] = least[place - 1];
                place--;
            }
            least[place] = i;
        }
    }

    /** ik_llama.cpp fills lists up to a multiple of 8 with the next nearest codes. An empty list becomes all codes. */
    private int[] filled(int[] list, int length, float[][] center, int cell) {
        int codes = value.length / group;
        if (length == 0) {
            return IntStream.range(0, codes).toArray();
        }
        int[] filled = Arrays.copyOf(list, (length + 7) / 8 * 8);
        if (length == filled.length) {
            return filled;
        }
        float[] distance = new float[codes];
        for (int code = 0; code < codes; code++) {
            for (int k = 0; k < group; k++) {
                float d = value[group * code + k] - center[k][cell];
                distance[code] += d * d;
            }
        }
        for (int i = 0; i < length; i++) {
            distance[filled[i]] = Float.POSITIVE_INFINITY;
        }
        int[] next = new int[filled.length - length];
        indexesOfLeast(distance, next);
        System.arraycopy(next, 0, filled, length, next.length);
        return filled;
    }
}
