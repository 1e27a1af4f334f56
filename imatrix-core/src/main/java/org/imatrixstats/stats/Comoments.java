package org.imatrixstats.stats;

/**
 * Running sums over the pairs of two vectors x and y: means, central second moments (as sums), and the squared distance.
 * They merge like {@link Moments}.
 */
public final class Comoments {
    long n;
    double meanX;
    double meanY;
    double xx;
    double yy;
    double xy;
    double distance2;

    void merge(Comoments b) {
        merge(b.n, b.meanX, b.meanY, b.xx, b.yy, b.xy, b.distance2);
    }

    void merge(long nB, double meanXB, double meanYB, double xxB, double yyB, double xyB, double distance2B) {
        if (nB == 0) {
            return;
        }
        double all = n + nB;
        double weight = n * (nB / all);
        double deltaX = meanXB - meanX;
        double deltaY = meanYB - meanY;
        xx += xxB + deltaX * deltaX * weight;
        yy += yyB + deltaY * deltaY * weight;
        xy += xyB + deltaX * deltaY * weight;
        meanX += deltaX * (nB / all);
        meanY += deltaY * (nB / all);
        distance2 += distance2B;
        n += nB;
    }

    public Similarity similarity() {
        return new Similarity(n, xy + n * (meanX * meanY), xx + n * (meanX * meanX), yy + n * (meanY * meanY), xy, xx,
                yy,
                distance2);
    }
}
