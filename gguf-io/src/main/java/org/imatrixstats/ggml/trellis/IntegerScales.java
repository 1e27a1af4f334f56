package org.imatrixstats.ggml.trellis;

/** Finds the scale of a row so that the few multiples of it that a type can store suit the scales of the blocks. */
final class IntegerScales {
    /** How the multiples are stored. */
    interface Table {
        int nearest(float ratio);

        float value(int code);
    }

    private IntegerScales() {
    }

    /**
     * The best of some scales around largest / extreme.
     *
     * @param extreme the multiple that the largest scale is tried as
     * @param step    between tried multiples
     */
    static float fit(TrellisRow row, Table table, float extreme, float step) {
        float max = row.extremeScale();
        float d = max / extreme;
        float best = 0;
        for (int i = -9; i <= 9; i++) {
            float inverse = (i * step + extreme) / max;
            row.startFit();
            for (int b = 0; b < row.blocks(); b++) {
                row.addToFit(b, table.value(table.nearest(inverse * row.scale[b])));
            }
            if (row.gain() > best) {
                best = row.gain();
                d = row.fitted(d);
            }
        }
        return d;
    }
}
