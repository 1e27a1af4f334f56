package org.imatrixstats.app.measure;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Answers in the format of llama-perplexity. The file of logits has the size and the header of a real one; beside the text stands
 * which model it is of. The divergence of a model is the share of bytes in which it differs from that one.
 *
 * <p>{@code --stub} says what goes wrong, {@code --stub-once} what goes wrong in the first comparison alone, or in the
 * first {@code --stub-times}: {@code fail}, {@code hang}, {@code lost} (the last lines), {@code short} (and the last chunk),
 * {@code torn} (in the middle of a line), {@code garbage}, {@code nan}.
 */
final class PerplexityStub {
    static final int CHUNKS = 3;
    static final int CONTEXT = 64;
    static final int VOCABULARY = 33;
    /** Beside the text, after the first comparison that went wrong. */
    static final String HAD_TROUBLE = "stub-had-trouble";

    private final List<String> arguments;
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private PerplexityStub(List<String> arguments) {
        this.arguments = arguments;
    }

    public static void main(String[] arguments) throws Exception {
        new PerplexityStub(List.of(arguments)).run();
    }

    private String after(String option) {
        int at = arguments.indexOf(option);
        return at < 0 ? "" : arguments.get(at + 1);
    }

    private void run() throws IOException, InterruptedException {
        Path model = Path.of(after("-m"));
        System.err.println("perplexity: calculating perplexity over " + CHUNKS + " chunks, n_ctx=" + CONTEXT
                + ", batch_size=64, n_seq=1");
        System.err.print("perplexity: 0.50 seconds per pass - ETA ");
        if (after("--kl-divergence-base").isEmpty()) {
            return;
        }
        Path logits = Path.of(after("--kl-divergence-base"));
        Path origin = Path.of(after("-f")).resolveSibling("stub-model");
        if (!arguments.contains("--kl-divergence")) {
            if (after("--stub").equals("fail-base")) {
                System.err.println("\nerror: failed to load model '" + model + "'");
                System.exit(1);
            }
            if (after("--stub").equals("short-text")) {
                Files.write(logits, Arrays.copyOf(logits(), 12));
                System.err.println(
                        "\nperplexity: you need at least 128 tokens to evaluate perplexity with a context of 64");
                return;
            }
            Files.writeString(origin, model.toString());
            Files.write(logits, logits());
            return;
        }
        String trouble = trouble(origin.resolveSibling(HAD_TROUBLE));
        if (trouble.equals("fail")) {
            System.err.println("\nCUDA error: out of memory");
            System.exit(134);
        }
        if (trouble.equals("hang")) {
            Thread.sleep(600_000);
        }
        print(trouble, difference(Path.of(Files.readString(origin)), model));
    }

    private String trouble(Path had) throws IOException {
        int times = after("--stub-times").isEmpty() ? 1 : Integer.parseInt(after("--stub-times"));
        long before = Files.exists(had) ? Files.size(had) : 0;
        if (!after("--stub-once").isEmpty() && before < times) {
            Files.writeString(had, "x".repeat((int) before + 1));
            return after("--stub-once");
        }
        return after("--stub");
    }

    static double difference(Path original, Path model) throws IOException {
        byte[] a = Files.readAllBytes(original);
        byte[] b = Files.readAllBytes(model);
        int different = Math.abs(a.length - b.length);
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            different += a[i] == b[i] ? 0 : 1;
        }
        return (double) different / a.length;
    }

    static byte[] logits() {
        int perToken = 2 * ((VOCABULARY + 1) / 2) + 4;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("_logits_".getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).putInt(CONTEXT).putInt(VOCABULARY)
                .putInt(CHUNKS).array());
        bytes.writeBytes(new byte[CHUNKS * (CONTEXT * 4 + (CONTEXT - 1 - CONTEXT / 2) * perToken * 2)]);
        return bytes.toByteArray();
    }

    private void print(String trouble, double kld) {
        out.println("0.01 minutes");
        for (int chunk = 1; chunk <= (trouble.equals("short") ? CHUNKS - 1 : CHUNKS); chunk++) {
            out.println();
            out.println(
                    "chunk             PPL               ln(PPL(Q)/PPL(base))          KL Divergence              Δp RMS"
                            + "            Same top p");
            out.println(String.format(Locale.ROOT,
                    "%4d    %9.4f ± %9.4f    %10.5f ± %10.5f    %10.5f ± %10.5f    %6.3f ± %6.3f %%    %6.3f ± %6.3f %%",
                    chunk, 4.6907, 0.7079, 0.0, 0.00002, kld, 0.00001, 0.001, 0.0, 99.5, 0.5));
            if (trouble.equals("garbage")) {
                out.println("Segmentation fault (core dumped)");
            }
        }
        if (trouble.equals("lost") || trouble.equals("short")) {
            return;
        }
        if (trouble.equals("torn")) {
            out.print("Mean PPL(Q)         ");
            return;
        }
        String mean = trouble.equals("nan")
                ? "Mean    KLD:       -nan ±       -nan"
                : String.format(Locale.ROOT, "Mean    KLD: %10.6f ± %10.6f", kld, 0.000002);
        out.println(String.join("\n", Arrays.asList("", //
                "====== Perplexity statistics ======", //
                "Mean PPL(Q)                   :   4.690700 ±   0.707900", //
                "Mean PPL(base)                :   4.690000 ±   0.707000", //
                "Cor(ln(PPL(Q)), ln(PPL(base))):  99.71%", //
                "Mean ln(PPL(Q)/PPL(base))     :   0.000100 ±   0.000020", //
                "Mean PPL(Q)/PPL(base)         :   1.000100 ±   0.000020", //
                "Mean PPL(Q)-PPL(base)         :   0.000700 ±   0.000100", "", //
                "====== KL divergence statistics ======", //
                mean, //
                "Maximum KLD:   0.000043", //
                "99.9%   KLD:   0.000042", //
                "Median  KLD:  -0.000000", //
                "10.0%   KLD:  -0.000018", //
                " 5.0%   KLD:  -0.000026", //
                "Minimum KLD:  -0.000044", "", //
                "====== Token probability statistics ======", //
                "Mean    Δp: -0.000 ± 0.000 %", //
                "Maximum Δp:  0.004%", //
                "RMS Δp    :  0.001 ± 0.000 %", //
                "Same top p: 99.500 ± 0.500 %", "")));
    }
}
