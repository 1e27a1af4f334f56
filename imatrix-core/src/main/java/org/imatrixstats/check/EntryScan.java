package org.imatrixstats.check;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;

import org.imatrixstats.io.Count;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.Ranges;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Partition;

/** Looks at the values of one entry, or of some of its experts, and says what it found. */
final class EntryScan {
    /**
     * How far E[x]² may exceed E[x²]: sums of millions of 32-bit floats are off by about a percent at worst.
     */
    private static final double ROUNDING = 1.02;
    /** √(2^-126): the square of a smaller number is a subnormal float32. Quantizers multiply such products. */
    private static final double LEAST_THAT_WEIGHS = Math.sqrt(Float.MIN_NORMAL);
    private static final int SMALL_BLOCK = 32;
    private static final int LARGE_BLOCK = 256;
    /** Below this share of experts that were reached at all, and below that of experts that were reached enough. */
    private static final double REACHED = 0.75;
    private static final double REACHED_ENOUGH = 0.5;

    /** Buffers, which belong to a thread. */
    record Buffers(float[] inSum2, float[] sums) {
        Buffers() {
            this(new float[Partition.BLOCK], new float[Partition.BLOCK]);
        }
    }

    /** How often something occurred, and where first. */
    private static final class Places {
        long count;
        int expert;
        long column;

        void add(int inExpert, long inColumn) {
            if (count++ == 0) {
                expert = inExpert;
                column = inColumn;
            }
        }

        /** Adds those of later experts. */
        void add(Places later) {
            if (count == 0) {
                expert = later.expert;
                column = later.column;
            }
            count += later.count;
        }
    }

    private final Imatrix imatrix;
    private ImatrixEntry entry;
    private final int experts;
    private final long columns;
    private List<Finding> findings = new ArrayList<>();

    private final Places nan = new Places();
    private final Places infinite = new Places();
    private final Places negative = new Places();
    private final Places zero = new Places();
    private final Places sumsNotFinite = new Places();
    private final Places sumsTooLarge = new Places();
    private final Places emptyBlocks = new Places();
    private long emptyLargeBlocks;
    private final BitSet allZero = new BitSet();
    private final BitSet tiny = new BitSet();
    private double largestTiny;
    private final BitSet constant = new BitSet();
    private final BitSet filled = new BitSet();

    // The expert that is being walked:
    private long zerosInExpert;
    private long firstZeroInExpert;
    private float firstValue;
    private boolean sameSoFar;
    private float largest;
    private float leastThatWeighs;
    private boolean blockWeighs;
    private boolean largeBlockWeighs;
    private final Places emptyBlocksInExpert = new Places();
    private long emptyLargeBlocksInExpert;

    /** @param experts how many experts share the values evenly; 1 if it has none or nobody knows */
    EntryScan(Imatrix imatrix, ImatrixEntry entry, int experts) {
        this.imatrix = imatrix;
        this.entry = entry;
        this.experts = experts;
        this.columns = entry.size() / experts;
    }

    /** Looks at a part of the experts. */
    static EntryScan of(Imatrix imatrix, ImatrixEntry entry, int experts, Partition part, Buffers buffers)
            throws FormatException {
        EntryScan scan = new EntryScan(imatrix, entry, experts);
        scan.walk(part, buffers);
        return scan;
    }

    /** Adds what was found of later experts. */
    EntryScan merge(EntryScan later) {
        nan.add(later.nan);
        infinite.add(later.infinite);
        negative.add(later.negative);
        zero.add(later.zero);
        sumsNotFinite.add(later.sumsNotFinite);
        sumsTooLarge.add(later.sumsTooLarge);
        emptyBlocks.add(later.emptyBlocks);
        emptyLargeBlocks += later.emptyLargeBlocks;
        tiny.or(later.tiny);
        largestTiny = Math.max(largestTiny, later.largestTiny);
        allZero.or(later.allZero);
        constant.or(later.constant);
        filled.or(later.filled);
        return this;
    }

    /** @param same the entry, or one that holds the same, with as many experts */
    List<Finding> findings(ImatrixEntry same, long minTokens) {
        entry = same;
        findings = new ArrayList<>();
        reportValues();
        reportCounts(minTokens);
        return findings;
    }

    // ---- walking

    private void walk(Partition part, Buffers buffers) throws FormatException {
        for (Block block : part) {
            imatrix.inSum2(entry, block.start(), buffers.inSum2, block.length());
            if (entry.hasInSum()) {
                imatrix.inSum(entry, block.start(), buffers.sums, block.length());
            }
            look(block, buffers);
        }
    }

    /** Looks at a block of the entry; an expert begins with its first column. */
    void look(Block block, Buffers buffers) {
        for (Block.Span span : new Block(block.start(), block.length(), columns)) {
            walk(block, span, buffers);
        }
    }

    private void walk(Block block, Block.Span span, Buffers buffers) {
        int expert = (int) span.row();
        long firstColumn = block.start() - expert * columns;
        for (int i = span.from(); i < span.to(); i++) {
            square(buffers.inSum2[i], expert, firstColumn + i);
            if (entry.hasInSum()) {
                sum(buffers.sums[i], buffers.inSum2[i], expert, firstColumn + i);
            }
        }
        if (firstColumn + span.to() == columns) {
            endOf(expert);
        }
    }

    private void square(float value, int expert, long column) {
        if (column == 0) {
            zerosInExpert = 0;
            firstValue = value;
            sameSoFar = true;
            largest = 0;
            leastThatWeighs = (float) (LEAST_THAT_WEIGHS * Math.max(1, count(expert)));
            blockWeighs = false;
            largeBlockWeighs = false;
            emptyBlocksInExpert.count = 0;
            emptyLargeBlocksInExpert = 0;
        }
        sameSoFar &= value == firstValue;
        largest = value > largest ? value : largest;
        blockWeighs |= !(value <= leastThatWeighs);
        if ((column & (SMALL_BLOCK - 1)) == SMALL_BLOCK - 1) {
            endOfBlock(expert, column);
        }
        if (value > 0 && value < Float.POSITIVE_INFINITY) {
            return;
        }
        if (value == 0) {
            firstZeroInExpert = zerosInExpert++ == 0 ? column : firstZeroInExpert;
        } else if (Float.isNaN(value)) {
            nan.add(expert, column);
        } else if (Float.isInfinite(value)) {
            infinite.add(expert, column);
        } else {
            negative.add(expert, column);
        }
    }

    private void endOfBlock(int expert, long column) {
        if (!blockWeighs) {
            emptyBlocksInExpert.add(expert, column + 1 - SMALL_BLOCK);
        }
        largeBlockWeighs |= blockWeighs;
        blockWeighs = false;
        if ((column & (LARGE_BLOCK - 1)) == LARGE_BLOCK - 1) {
            emptyLargeBlocksInExpert += largeBlockWeighs ? 0 : 1;
            largeBlockWeighs = false;
        }
    }

    private void sum(float sum, float square, int expert, long column) {
        long count = count(expert);
        if (!Float.isFinite(sum)) {
            sumsNotFinite.add(expert, column);
        } else if (count > 0) {
            double mean = sum / (double) count;
            if (mean * mean > ROUNDING * square / count + Float.MIN_NORMAL) {
                sumsTooLarge.add(expert, column);
            }
        }
    }

    private void endOf(int expert) {
        if (!hasData(expert)) {
            return;
        }
        if (zerosInExpert < columns && largest <= leastThatWeighs && Float.isFinite(firstValue)) {
            tiny.set(expert);
            largestTiny = Math.max(largestTiny, largest / Math.max(1, count(expert)));
        } else if (zerosInExpert < columns && emptyBlocksInExpert.count > 0) {
            emptyBlocks.add(expert, emptyBlocksInExpert.column);
            emptyBlocks.count += emptyBlocksInExpert.count - 1;
            emptyLargeBlocks += emptyLargeBlocksInExpert;
        }
        if (zerosInExpert == columns) {
            allZero.set(expert);
        } else if (zerosInExpert > 0) {
            zero.add(expert, firstZeroInExpert);
            zero.count += zerosInExpert - 1;
        } else if (sameSoFar && columns > 1 && Float.isFinite(firstValue)) {
            (experts > 1 && firstValue == count(expert) ? filled : constant).set(expert);
        }
    }

    private long count(int expert) {
        return entry.count(entry.experts() > 1 ? expert : 0);
    }

    /** Quantizers use the values of a legacy entry also where it says that it saw nothing. */
    private boolean hasData(int expert) {
        return count(expert) > 0 || isLegacy();
    }

    private boolean isLegacy() {
        return imatrix.origin().format() == Imatrix.Format.LEGACY;
    }

    // ---- saying so

    private void reportValues() {
        report(FindingCode.NAN, nan, "NaN in %d of %d sums of x²");
        report(FindingCode.INFINITE, infinite, "infinite in %d of %d sums of x²");
        report(FindingCode.NEGATIVE, negative, "negative in %d of %d sums of x²");
        report(FindingCode.ZERO_COLUMNS, zero, "0 in %d of %d columns");
        if (emptyBlocks.count > 0) {
            findings.add(new Finding(FindingCode.ZERO_BLOCKS, name(),
                    experts > 1 ? OptionalInt.of(emptyBlocks.expert) : OptionalInt.empty(),
                    OptionalLong.of(emptyBlocks.column),
                    Count.of(emptyBlocks.count, "block") + " of 32 columns, "
                            + emptyLargeBlocks + " of 256, in which every column is 0"));
        }
        if (!tiny.isEmpty()) {
            String limit = String.format(Locale.ROOT, "E[x²] is %.2g at most", largestTiny);
            if (experts == 1) {
                report(FindingCode.TINY_WEIGHTS, limit);
            } else {
                report(FindingCode.TINY_WEIGHTS, tiny, limit + " in " + among(tiny));
            }
        }
        report(FindingCode.SUMS_NOT_FINITE, sumsNotFinite, "NaN or infinite in %d of %d sums of x");
        report(FindingCode.SUMS_TOO_LARGE, sumsTooLarge, "|E[x]| > √E[x²] in %d of %d columns");
        if (allZero.cardinality() == experts) {
            report(FindingCode.ALL_ZERO, "0 in " + allColumns(entry.size()));
        } else {
            report(FindingCode.EXPERT_ALL_ZERO, allZero, "0 in all columns of " + among(allZero));
        }
        if (experts == 1 && !constant.isEmpty()) {
            report(FindingCode.CONSTANT, firstValue + " in " + allColumns(columns));
        } else {
            report(FindingCode.CONSTANT, constant, "the same in all columns of " + among(constant));
        }
        report(FindingCode.EXPERTS_FILLED, filled, "1.0 in all columns of " + among(filled) + covered(filled));
    }

    private void reportCounts(long minTokens) {
        if (entry.elements() == 0) {
            if (isLegacy()) {
                report(FindingCode.NCALL_ZERO, "ncall is 0");
            } else {
                report(FindingCode.NO_DATA, entry.size() == 0 ? "no columns" : "no token counted");
            }
            return;
        }
        if (experts == 1) {
            return;
        }
        BitSet never = new BitSet();
        BitSet rarely = new BitSet();
        for (int expert = 0; expert < entry.experts() && entry.experts() > 1; expert++) {
            long tokens = entry.count(expert);
            (tokens == 0 ? never : rarely).set(expert, tokens < minTokens);
        }
        report(FindingCode.EXPERTS_NEVER_REACHED, never, "no token for " + among(never) + covered(never));
        report(FindingCode.EXPERTS_RARELY_REACHED, rarely,
                "fewer than " + minTokens + " tokens for " + among(rarely));
        never.or(filled);
        rarely.andNot(filled);
        int reached = experts - never.cardinality();
        int enough = reached - rarely.cardinality();
        if (reached < REACHED * experts || enough < REACHED_ENOUGH * experts) {
            report(FindingCode.EXPERTS_POORLY_COVERED, percent(reached) + " of " + experts + " experts were reached"
                    + (rarely.isEmpty() ? "" : ", " + percent(enough) + " by " + minTokens + " tokens or more"));
        }
    }

    private void report(FindingCode code, Places places, String counted) {
        if (places.count > 0) {
            findings.add(new Finding(code, name(), experts > 1 ? OptionalInt.of(places.expert) : OptionalInt.empty(),
                    OptionalLong.of(places.column),
                    String.format(Locale.ROOT, counted, places.count, entry.size())));
        }
    }

    private void report(FindingCode code, BitSet of, String details) {
        if (!of.isEmpty()) {
            findings.add(Finding.ofExpert(code, name(), of.nextSetBit(0), details));
        }
    }

    private void report(FindingCode code, String details) {
        findings.add(Finding.ofTensor(code, name(), details));
    }

    private static String allColumns(long columns) {
        return columns == 1 ? "the only column" : "all " + columns + " columns";
    }

    private String among(BitSet some) {
        return some.cardinality() + " of " + experts + " experts (" + Ranges.of(some.stream()) + ")";
    }

    private String covered(BitSet without) {
        return ", " + percent(experts - without.cardinality()) + " covered";
    }

    private String percent(int some) {
        return String.format(Locale.ROOT, "%.2f%%", 100.0 * some / experts);
    }

    private String name() {
        return entry.name().name();
    }
}
