package org.imatrixstats.measure;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.imatrixstats.io.FormatException;

/**
 * What {@code llama-perplexity --kl-divergence} writes to standard output, of llama.cpp and ik_llama.cpp: after each chunk a row
 * with the figures so far, at the end a list of statistics with more digits.
 *
 * <pre>
 * chunk             PPL               ln(PPL(Q)/PPL(base))          KL Divergence              Δp RMS            Same top p
 *    1       4.6907 ±    0.7079       0.00000 ±    0.00002       0.00012 ±    0.00003     0.201 ±  0.011 %    99.213 ±  0.787 %
 * …
 * ====== Perplexity statistics ======
 * Mean PPL(Q)                   :  10.100297 ±   1.263584
 * …
 * Mean    KLD:   0.000120 ±   0.000031
 * …
 * Same top p: 99.213 ± 0.787 %
 * </pre>
 */
final class PerplexityOutput {
    private static final String NUMBER = "(-?(?:[0-9]+(?:\\.[0-9]+)?|nan|inf))";
    private static final String PAIR = NUMBER + " ±\\s+" + NUMBER;
    private static final Pattern HEADER = Pattern
            .compile("chunk\\s+PPL\\s+ln\\(PPL\\(Q\\)/PPL\\(base\\)\\)\\s+KL Divergence"
                    + "\\s+Δp RMS\\s+Same top p\\s*");
    private static final Pattern ROW = Pattern.compile(
            "\\s*([0-9]+)" + ("\\s+" + PAIR).repeat(3) + ("\\s+" + PAIR + " %").repeat(2) + "\\s*");
    private static final Pattern SECTION = Pattern.compile("====== [A-Za-z ]+ ======\\s*");
    private static final Pattern STATISTIC = Pattern.compile(
            "\\s*([^:]+?)\\s*:\\s*" + NUMBER + "(?: ±\\s*" + NUMBER + ")?\\s*%?\\s*");
    private static final String KLD = "Mean KLD";
    private static final String PPL = "Mean PPL(Q)";
    private static final String SAME_TOP = "Same top p";
    /** The standard error that rounding to whole steps makes: step / √12. */
    private static final double ROUNDING = 1 / Math.sqrt(12);
    private static final double FINAL_STEP = 1e-6;
    private static final double RUNNING_STEP = 1e-5;
    private static final Pattern FILE_SIZE = Pattern.compile(
            ".*(?:file|model) size\\s+= ([0-9.]+) ([KMG]iB) \\(([0-9.]+) BPW\\)\\s*");

    private final String name;
    private final boolean strict;
    private int lines;
    private boolean begun;
    private KlDivergence running;
    private double[] kld;
    private double[] ppl;
    private double[] sameTop;
    private double bitsPerWeight = Double.NaN;
    private long fileBytes;

    /**
     * @param name   where it is from, for messages
     * @param strict whether a line that is not understood is an error; otherwise it is passed over, as the log of a whole
     *               run has other lines between
     */
    public PerplexityOutput(String name, boolean strict) {
        this.name = name;
        this.strict = strict;
    }

    /** Reads a log, which may hold what the program wrote to standard error too. */
    public static PerplexityOutput ofLog(String name, String log) throws FormatException {
        PerplexityOutput output = new PerplexityOutput(name, false);
        for (String line : log.split("\r?\n")) {
            output.add(line);
        }
        return output;
    }

    /**
     * Takes the next line.
     *
     * @return whether it ends a chunk
     * @throws FormatException if it is not understood
     */
    public boolean add(String line) throws FormatException {
        lines++;
        if (HEADER.matcher(line).matches()) {
            begun = true;
            return false;
        }
        if (!begun) {
            size(line);
            return false;
        }
        Matcher row = ROW.matcher(line);
        if (row.matches()) {
            running = new KlDivergence(number(row, 6), withRounding(number(row, 7), RUNNING_STEP), number(row, 2),
                    number(row, 3), share(row, 10), share(row, 11), Integer.parseInt(row.group(1)), true);
            return true;
        }
        if (!line.isBlank() && !SECTION.matcher(line).matches()) {
            statistic(line);
        }
        return false;
    }

    /** Before the first chunk, the log of a run says how large the model is. */
    private void size(String line) {
        Matcher size = FILE_SIZE.matcher(line);
        if (size.matches()) {
            long unit = switch (size.group(2)) {
                case "KiB" -> 1L << 10;
                case "MiB" -> 1L << 20;
                default -> 1L << 30;
            };
            fileBytes = Math.round(Double.parseDouble(size.group(1)) * unit);
            bitsPerWeight = Double.parseDouble(size.group(3));
        }
    }

    private void statistic(String line) throws FormatException {
        Matcher statistic = STATISTIC.matcher(line);
        String label = statistic.matches() ? statistic.group(1).replaceAll("\\s+", " ") : "";
        boolean pair = statistic.matches() && statistic.group(3) != null;
        if (statistic.matches() && (pair || !List.of(KLD, PPL, SAME_TOP).contains(label))) {
            double[] values = !pair
                    ? null
                    : label.equals(SAME_TOP)
                            ? new double[]{share(statistic, 2), share(statistic, 3)}
                            : new double[]{number(statistic, 2), number(statistic, 3)};
            switch (label) {
                case KLD -> kld = values;
                case PPL -> ppl = values;
                case SAME_TOP -> sameTop = values;
                default -> {
                    // The other statistics are not used.
                }
            }
        } else if (strict || Stream.of(KLD, PPL, SAME_TOP)
                .anyMatch(wanted -> line.strip().replaceAll("\\s+", " ").startsWith(wanted))) {
            throw new FormatException(name, "line " + lines + " is not what llama-perplexity writes: '" + line.strip()
                    + "'");
        }
    }

    private static double number(Matcher matcher, int group) {
        String text = matcher.group(group);
        return text.endsWith("nan")
                ? Double.NaN
                : text.endsWith("inf")
                        ? text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY
                        : Double.parseDouble(text);
    }

    /** The figures are printed with few decimals: for small ones that is most of their error. */
    private static double withRounding(double error, double step) {
        return Math.hypot(error, step * ROUNDING);
    }

    /** Percent as a share: exactly what is printed. */
    private static double share(Matcher matcher, int group) {
        double percent = number(matcher, group);
        return Double.isFinite(percent)
                ? new BigDecimal(matcher.group(group)).movePointLeft(2).doubleValue()
                : Double.NaN;
    }

    /** Chunks whose figures were written. */
    public int chunks() {
        return running == null ? 0 : running.chunks();
    }

    /** The final statistics; empty if they are not all there. */
    public Optional<KlDivergence> result() {
        return kld == null || ppl == null || sameTop == null
                ? Optional.empty()
                : Optional.of(new KlDivergence(kld[0], withRounding(kld[1], FINAL_STEP), ppl[0], ppl[1], sameTop[0],
                        sameTop[1], chunks(), false));
    }

    /** The figures after the last chunk; empty without any. */
    public Optional<KlDivergence> running() {
        return Optional.ofNullable(running);
    }

    /** Bits per weight of the model, if a log says it; else NaN. */
    public double bitsPerWeight() {
        return bitsPerWeight;
    }

    /** The size of the model in bytes, as exact as a log says it; 0 if it does not. */
    public long modelBytes() {
        return fileBytes;
    }
}
