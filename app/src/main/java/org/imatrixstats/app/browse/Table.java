package org.imatrixstats.app.browse;

import java.util.List;

import org.imatrixstats.tensor.TensorName;

/**
 * Tensors and what is known about them.
 *
 * @param summary    what it is a table of, in a few short phrases
 * @param tensors    by layer, then by kind
 * @param measures   the columns, the most telling first
 * @param order      the key of the measure that it is sorted by unless the user says otherwise; empty: as it is
 * @param descending whether the largest come first then
 */
record Table(String summary, List<TensorName> tensors, List<Measure> measures, String order, boolean descending) {
    Table {
        tensors = List.copyOf(tensors);
        measures = List.copyOf(measures);
    }

    /** The measure of a key; null if there is none. */
    Measure measure(String key) {
        return measures.stream().filter(measure -> measure.key().equals(key)).findFirst().orElse(null);
    }

    /** The number of a tensor; -1 if it is not in the table. */
    int indexOf(String name) {
        for (int i = 0; i < tensors.size(); i++) {
            if (tensors.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
