package org.imatrixstats.tensor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which elements of a storage a tensor has.
 *
 * @param offset  the element of the storage that is the first of the tensor
 * @param shape   elements per dimension, slowest first (row-major order)
 * @param strides elements of the storage from one index of a dimension to the next; 0 repeats the same ones
 */
public record View(long offset, List<Long> shape, List<Long> strides) {
    public View {
        shape = List.copyOf(shape);
        strides = List.copyOf(strides);
    }

    /** A tensor whose elements follow each other from {@code offset} on. */
    public static View contiguous(long offset, List<Long> shape) {
        Long[] strides = new Long[shape.size()];
        long stride = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= Math.max(1, shape.get(i));
        }
        return new View(offset, shape, List.of(strides));
    }

    /**
     * The product of dimensions, each 0 or more.
     *
     * @throws ArithmeticException if it, or that of those which are not 0, exceeds 63 bits
     */
    public static long elements(List<Long> shape) {
        long product = 1;
        for (long size : shape) {
            product = Math.multiplyExact(product, Math.max(1, size));
        }
        return shape.contains(0L) ? 0 : product;
    }

    public long elements() {
        return elements(shape);
    }

    /**
     * One more than the last element of the storage that the tensor has; the offset if it has none.
     *
     * @throws ArithmeticException if that exceeds 63 bits
     */
    public long end() {
        if (elements() == 0) {
            return offset;
        }
        long last = offset;
        for (int i = 0; i < shape.size(); i++) {
            last = Math.addExact(last, Math.multiplyExact(shape.get(i) - 1, strides.get(i)));
        }
        return Math.addExact(last, 1);
    }

    /** Whether the elements follow each other in the storage in the order of the tensor. */
    public boolean isContiguous() {
        long expected = 1;
        for (int i = shape.size() - 1; i >= 0; i--) {
            if (shape.get(i) == 0) {
                return true;
            }
            if (shape.get(i) != 1 && strides.get(i) != expected) {
                return elements() == 0;
            }
            expected *= shape.get(i);
        }
        return true;
    }

    /** Elements of a row: the last dimension. */
    public long columns() {
        return shape.isEmpty() ? 1 : shape.getLast();
    }

    /** Elements of the storage from one of a row to the next. */
    long columnStride() {
        return shape.isEmpty() ? 1 : strides.getLast();
    }

    /** The element of the storage where a row starts. */
    long rowStart(long row) {
        long start = offset;
        long rest = row;
        for (int i = shape.size() - 2; i >= 0; i--) {
            start += rest % shape.get(i) * strides.get(i);
            rest /= shape.get(i);
        }
        return start;
    }

    /** A stretch of elements of a storage. */
    record Run(long start, long end) {
    }

    /**
     * The elements that the view addresses as runs, in any order, with overlaps; what is repeated once.
     *
     * @param most the most runs that may be listed
     * @return null if they are more
     */
    List<Run> runs(long most) {
        if (elements() == 0) {
            return List.of();
        }
        List<long[]> dims = new ArrayList<>();
        for (int i = 0; i < shape.size(); i++) {
            if (shape.get(i) > 1 && strides.get(i) != 0) {
                dims.add(new long[]{shape.get(i), strides.get(i)});
            }
        }
        dims.sort(Comparator.comparingLong(dim -> dim[1]));
        long length = 1;
        while (!dims.isEmpty() && dims.getFirst()[1] <= length) {
            long[] dim = dims.removeFirst();
            length += (dim[0] - 1) * dim[1];
        }
        long count = 1;
        for (long[] dim : dims) {
            if (dim[0] > most / count) {
                return null;
            }
            count *= dim[0];
        }
        List<Run> runs = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            long start = offset;
            long rest = i;
            for (long[] dim : dims) {
                start += rest % dim[0] * dim[1];
                rest /= dim[0];
            }
            runs.add(new Run(start, start + length));
        }
        return runs;
    }

    /** Counts the elements of storages that views address. */
    public static final class Counter {
        private static final int MOST_RUNS = 1 << 18;

        /** Runs that may still be listed. */
        private long left = MOST_RUNS;

        /** A counter that has seen no view. */
        public Counter() {
        }

        /**
         * How many elements of a storage several views address, each element once. Where the views that one counter has seen
         * are so scattered that they have more than 2^18 runs, what a view spans is counted.
         */
        public long addressed(List<View> views) {
            List<Run> runs = new ArrayList<>();
            for (View view : views) {
                List<Run> added = view.runs(left);
                added = added == null ? List.of(new Run(view.offset, view.end())) : added;
                left = Math.max(1, left - added.size());
                runs.addAll(added);
            }
            return View.addressed(runs);
        }
    }

    private static long addressed(List<Run> runs) {
        runs.sort(Comparator.comparingLong(Run::start));
        long count = 0;
        long end = 0;
        for (Run run : runs) {
            count += Math.max(0, run.end - Math.max(end, run.start));
            end = Math.max(end, run.end);
        }
        return count;
    }
}
