package org.imatrixstats.ggml.iq;

import java.util.Arrays;

/**
 * ik_llama.cpp's search for 16 values that are -1, 0 or 1, each eight shifted by 1/8 up or down, times a scale: of
 * all ways to cut the sorted values in three the one with the least weighted error. If that is not on the grid, the
 * points of the grid that are closest decide on scale and shifts once more.
 */
public final class ShiftSearch {
    public static final int SIZE = 16;
    /** Shifts of both groups: 0 up and up, 1 up and down, 2 down and up, 3 down and down. */
    private static final int SHIFTS = 4;

    public final float[] weights = new float[SIZE];
    public final int[] points = new int[2];
    private final NearestPoint nearest = new NearestPoint(Ternary.Search.NEIGHBOURS);
    private final int[] order = new int[SIZE];
    private final int[] levels = new int[SIZE];
    /** Sums of w·x and of w over the first values of the order, for each group of eight. */
    private final float[][] sumX = new float[2][SIZE + 1];
    private final float[][] sumW = new float[2][SIZE + 1];
    private float best;
    private float scale;
    private int shift;
    private int middle;
    private int top;

    /** The value of a level in a group. */
    private static float value(int shift, int group, int level) {
        boolean isDown = (group == 0 ? shift >> 1 : shift & 1) != 0;
        return (isDown ? Ternary.DOWN : Ternary.UP)[level];
    }

    public int shift() {
        return shift;
    }

    /** Leaves the points and the shifts of values that are not all zero, and gives their scale. */
    public float fit(float[] x, int at) {
        Ternary.sort(x, at, order);
        for (int j = 0; j < SIZE; j++) {
            int i = order[j];
            for (int group = 0; group < 2; group++) {
                float w = i / 8 == group ? weights[i] : 0;
                sumX[group][j + 1] = Math.fma(w, x[at + i], sumX[group][j]);
                sumW[group][j + 1] = sumW[group][j] + w;
            }
        }
        best = 0;
        scale = 0;
        shift = 0;
        middle = 0;
        top = SIZE;
        for (int i = 0; i <= SIZE; i++) {
            for (int j = i; j <= SIZE; j++) {
                for (int s = 0; s < SHIFTS; s++) {
                    tryCut(i, j, s);
                }
            }
        }
        Ternary.split(order, middle, top, scale < 0, levels);
        if (scale < 0) {
            scale = -scale;
            shift = SHIFTS - 1 - shift;
        }
        takePoints(x, at);
        return scale;
    }

    private void tryCut(int i, int j, int s) {
        float qx = 0;
        float q2 = 0;
        for (int group = 0; group < 2; group++) {
            float low = value(s, group, 0);
            float mid = value(s, group, 1);
            float high = value(s, group, 2);
            float[] sx = sumX[group];
            float[] sw = sumW[group];
            // As ik_llama.cpp with fused multiply-add adds them: the first two products in reverse order.
            qx = group == 0
                    ? Math.fma(sx[i], low, (sx[j] - sx[i]) * mid)
                    : Math.fma(sx[j] - sx[i], mid, Math.fma(sx[i], low, qx));
            qx = Math.fma(sx[SIZE] - sx[j], high, qx);
            q2 = group == 0
                    ? Math.fma(sw[i] * low, low, (sw[j] - sw[i]) * mid * mid)
                    : Math.fma((sw[j] - sw[i]) * mid, mid, Math.fma(sw[i] * low, low, q2));
            q2 = Math.fma((sw[SIZE] - sw[j]) * high, high, q2);
        }
        if (q2 > 0 && qx * qx > best * q2) {
            scale = qx / q2;
            best = scale * qx;
            middle = i;
            top = j;
            shift = s;
        }
    }

    private void takePoints(float[] x, int at) {
        boolean isOnGrid = true;
        for (int group = 0; group < 2; group++) {
            int code = Ternary.code(levels, 8 * group);
            isOnGrid &= Ternary.isPoint(code);
            float[] values = {value(shift, group, 0), value(shift, group, 1), value(shift, group, 2)};
            points[group] = Ternary.point(nearest, code, x, at + 8 * group, weights, 8 * group, scale, values);
        }
        if (!isOnGrid) {
            refit(x, at);
        }
    }

    private void refit(float[] x, int at) {
        best = 0;
        int chosen = shift;
        for (int s = 0; s < SHIFTS; s++) {
            float qx = 0;
            float q2 = 0;
            for (int i = 0; i < SIZE; i++) {
                float q = value(s, points, i);
                qx += weights[i] * x[at + i] * q;
                q2 += weights[i] * q * q;
            }
            if (qx > 0 && q2 > 0 && qx * qx > best * q2) {
                scale = qx / q2;
                best = scale * qx;
                chosen = s;
            }
        }
        shift = chosen;
    }

    /** What the point of value i stands for, without the scale. */
    public static float value(int shift, int[] points, int i) {
        return value(shift, i / 8, Ternary.level(points[i / 8], i % 8));
    }

    /** Eight zeros, twice. */
    void takeZeros() {
        Arrays.fill(points, Ternary.ZERO);
        shift = 0;
    }
}
