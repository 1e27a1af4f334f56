package org.imatrixstats.numeric;

import java.nio.ByteBuffer;

import org.imatrixstats.io.FormatException;

/**
 * Sums over the pairs of two vectors x and y. They merge as {@link Moments} do.
 *
 * @param n         pairs
 * @param xx        Σ (x − x̄)²
 * @param yy        Σ (y − ȳ)²
 * @param xy        Σ (x − x̄)(y − ȳ)
 * @param distance2 Σ (x − y)²
 */
public record Comoments(long n, double meanX, double meanY, double xx, double yy, double xy, double distance2) {
    /** The sums of no pairs. */
    public static final Comoments EMPTY = new Comoments(0, 0, 0, 0, 0, 0, 0);
    private static final SumBytes BYTES = new SumBytes("comoments", 1, 7);

    /** The sums of both parts together. */
    public Comoments merge(Comoments other) {
        if (other.n == 0) {
            return this;
        }
        if (n == 0) {
            return other;
        }
        double all = n + other.n;
        double weight = n * (other.n / all);
        double deltaX = other.meanX - meanX;
        double deltaY = other.meanY - meanY;
        return new Comoments(n + other.n, meanX + deltaX * (other.n / all), meanY + deltaY * (other.n / all),
                xx + (other.xx + deltaX * deltaX * weight), yy + (other.yy + deltaY * deltaY * weight),
                xy + (other.xy + deltaX * deltaY * weight), distance2 + other.distance2);
    }

    /** How alike x and y are. */
    public Similarity similarity() {
        return new Similarity(n, xy + n * (meanX * meanY), xx + n * (meanX * meanX), yy + n * (meanY * meanY), xy, xx,
                yy, distance2);
    }

    /** The sums as bytes, of this version of the format. */
    public byte[] toBytes() {
        return BYTES.write().putLong(n).putDouble(meanX).putDouble(meanY).putDouble(xx).putDouble(yy).putDouble(xy)
                .putDouble(distance2).array();
    }

    /** @throws FormatException if these are not the bytes of such sums, or of another version */
    public static Comoments fromBytes(byte[] bytes) throws FormatException {
        ByteBuffer in = BYTES.read(bytes);
        return new Comoments(in.getLong(), in.getDouble(), in.getDouble(), in.getDouble(), in.getDouble(),
                in.getDouble(), in.getDouble());
    }
}
