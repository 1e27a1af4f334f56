package org.imatrixstats.spectrum;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.spectrum.ModelSpectrum.Skipped;
import org.imatrixstats.spectrum.SpectrumOptions.Method;
import org.imatrixstats.tensor.Layer;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.tensor.TensorSource;
import org.imatrixstats.weights.Importance;

/**
 * Computes the spectra of a model, a tensor per thread, the longest first. A tensor waits until the memory that it takes is
 * free: the estimates of all add up to at most {@link #HEAP_SHARE} of the heap, of which the old generation is two thirds.
 */
public final class SpectrumCalculator {
    /** Work of a model that is done exactly without being asked to: about a minute on two processors. */
    private static final long QUICK = 1_000_000_000_000L;
    private static final double HEAP_SHARE = 0.6;
    private static final int KIB = 1 << 10;
    private static final String QUERY = "attn_q";
    private static final String KEY = "attn_k";
    /** Rows or columns of a matrix, beyond those of any vocabulary. */
    private static final long LONGEST = 1 << 23;
    private static final float[] NOTHING = {};
    /** Work of a window, in that of {@link SingularValues#work}. */
    private static final long WINDOW = 8L * Farms.SIZE * Farms.SIZE * Farms.SIZE;
    private static final int READ = 10;
    private static final int SORT = 300;
    private static final int COPIED = 1 << 20;
    /** Version of the figures. Figures of other versions are not used. */
    private static final String VERSION = "imatrix-stats spectrum 1";

    private final TensorSource source;
    private final SpectrumOptions options;
    private final LongConsumer progress;
    private final List<TensorInfo> tensors = new ArrayList<>();
    private final List<Skipped> skipped = new ArrayList<>();
    private final int budget = (int) Math.min(Integer.MAX_VALUE,
            (long) (Runtime.getRuntime().maxMemory() * HEAP_SHARE) / KIB);
    private final Semaphore memory = new Semaphore(budget);
    private boolean exact;

    private SpectrumCalculator(TensorSource source, SpectrumOptions options, LongConsumer progress) {
        this.source = source;
        this.options = options;
        this.progress = progress;
    }

    /**
     * Looks at all matrices of a model.
     *
     * @param progress is told of work that is done, by one thread at a time
     * @param total    is told once, before, how much work that will be
     */
    public static ModelSpectrum spectrum(TensorSource source, SpectrumOptions options, LongConsumer total,
            LongConsumer progress) throws IOException {
        return new SpectrumCalculator(source, options, progress).spectrum(total);
    }

    /** What one tensor gives. */
    private record Done(List<MatrixSpectrum> matrices, List<Skipped> skipped) {
    }

    private ModelSpectrum spectrum(LongConsumer total) throws IOException {
        select();
        exact = options.method() == Method.EXACT || options.method() == Method.AUTO
                && tensors.stream().mapToLong(SpectrumCalculator::exactWork).sum() <= QUICK;
        total.accept(
                tensors.stream().mapToLong(tensor -> tensor.matrices() * work(tensor) + productWork(tensor)).sum());
        Done[] done = new Done[tensors.size()];
        int[] order = IntStream.range(0, done.length).boxed()
                .sorted(Comparator.comparingLong(i -> -tensors.get(i).matrices() * work(tensors.get(i))))
                .mapToInt(i -> i).toArray();
        Parallel.forEach(done.length, options.threads(), () -> null,
                (_, i) -> done[order[i]] = withMemory(tensors.get(order[i])));
        List<MatrixSpectrum> matrices = new ArrayList<>();
        for (Done each : done) {
            matrices.addAll(each.matrices);
            skipped.addAll(each.skipped);
        }
        return new ModelSpectrum(source.name(), exact, matrices, skipped, layers(matrices),
                options.imatrices().stream().map(Imatrix::name).toList());
    }

    private void select() throws FormatException {
        for (TensorInfo tensor : source.tensors()) {
            if (options.selected().test(TensorName.of(tensor.name()))) {
                if (!isMatrix(tensor)) {
                    skipped.add(new Skipped(tensor.name(), "not a matrix"));
                } else if (tensor.ne0() > LONGEST || tensor.dims().get(1) > LONGEST) {
                    skipped.add(new Skipped(tensor.name(), "too large"));
                } else {
                    // Before anything is made as large as the tensor says that it is.
                    source.readRows(tensor, 0, 0, NOTHING, 0);
                    tensors.add(tensor);
                }
            }
        }
    }

    private static boolean isMatrix(TensorInfo tensor) {
        int dimensions = tensor.dims().size();
        return (dimensions == 2 || dimensions == 3) && tensor.ne0() >= 2 && tensor.dims().get(1) >= 2
                && tensor.elements() > 0;
    }

    private synchronized void advance(long work) {
        progress.accept(work);
    }

    // ---- work and memory

    private static long exactWork(TensorInfo tensor) {
        return tensor.matrices() * SingularValues.work(tensor.dims().get(1), tensor.ne0());
    }

    /** Of one matrix of a tensor. */
    private long work(TensorInfo tensor) {
        long rows = tensor.dims().get(1);
        long windows = Math.clamp(rows / Farms.SIZE * (tensor.ne0() / Farms.SIZE), 1, Farms.MOST);
        boolean small = Math.min(rows, tensor.ne0()) < Farms.SIZE;
        long ofWindows = small
                ? exact ? 0 : SingularValues.work(rows, tensor.ne0())
                : windows * WINDOW;
        return ofWindows + (exact ? SingularValues.work(rows, tensor.ne0()) : 0)
                + rows * tensor.ne0() * (READ + SORT * options.imatrices().size());
    }

    /** Of W_q·W_kᵀ, where the tensor is W_q. */
    private long productWork(TensorInfo q) {
        TensorName name = TensorName.of(q.name());
        TensorInfo k = exact && name.hasLayer() && name.kind().endsWith(QUERY) && q.dims().size() == 2
                ? source.tensor(q.name().replace(QUERY, KEY))
                : null;
        return k == null ? 0 : productWork(q.rows(), k.rows(), q.ne0());
    }

    private static long productWork(long q, long k, long columns) {
        return SingularValues.work(q, k) + q * k * columns;
    }

    private Done withMemory(TensorInfo tensor) throws IOException {
        long rows = tensor.dims().get(1);
        boolean whole = exact || Math.min(rows, tensor.ne0()) < Farms.SIZE;
        return withMemory(tensor.name(),
                whole ? SingularValues.bytes(rows, tensor.ne0()) : 16L * Farms.SIZE * tensor.ne0(),
                () -> done(tensor));
    }

    @FunctionalInterface
    private interface Step<R> {
        R run() throws IOException;
    }

    private <R> R withMemory(String tensor, long bytes, Step<R> step) throws IOException {
        long kib = bytes / KIB + 1;
        if (kib > budget) {
            throw new FormatException(source.name(), tensor, "all singular values take " + (kib >> 10)
                    + " MiB of memory, but Java may use " + (budget >> 10)
                    + ": give Java more (JAVA_TOOL_OPTIONS=-Xmx…), or look at windows only");
        }
        memory.acquireUninterruptibly((int) kib);
        try {
            return step.run();
        } finally {
            memory.release((int) kib);
        }
    }

    // ---- one tensor

    private Done done(TensorInfo tensor) throws IOException {
        int count = Math.toIntExact(tensor.matrices());
        boolean stacked = tensor.dims().size() > 2;
        TensorName name = TensorName.of(tensor.name());
        List<Importance> importances = new ArrayList<>();
        for (Imatrix imatrix : options.imatrices()) {
            importances.add(Importance.of(imatrix, tensor));
        }
        String digest = options.cache().isUsed() ? digest(tensor) : "";
        double[][] sigmas = exact ? options.cache().read(digest + "-values") : new double[count][];
        double[][] windows = options.cache().read(digest + "-windows");
        boolean known = sigmas != null && windows != null && sigmas.length == count && windows.length == count;
        if (!known) {
            sigmas = new double[count][0];
            windows = new double[count][0];
        }
        List<MatrixSpectrum> matrices = new ArrayList<>();
        List<Skipped> without = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            MatrixValues values = new MatrixValues(source, tensor, i);
            List<Magnitude> thresholds = Magnitude.of(values, options.ratios());
            if (thresholds == null) {
                without.add(new Skipped(tensor.name() + (stacked ? " expert " + i : ""), "not finite"));
                advance(work(tensor));
                continue;
            }
            if (!known) {
                sigmas[i] = exact ? SingularValues.of(values) : sigmas[i];
                windows[i] = farms(values, sigmas[i]).numbers();
            }
            Spectrum spectrum = exact ? new Spectrum(values.rows(), values.columns(), sigmas[i]) : null;
            matrices.add(new MatrixSpectrum(name, tensor, stacked ? i : -1, spectrum,
                    spectrum == null ? null : Exponents.of(spectrum.isZero() ? new double[0] : spectrum.used()),
                    Farms.ofNumbers(windows[i]), thresholds, saliencies(values, importances)));
            advance(work(tensor));
        }
        if (!known) {
            options.cache().write(digest + "-windows", windows);
            if (exact) {
                options.cache().write(digest + "-values", sigmas);
            }
        }
        return new Done(matrices, without);
    }

    private Farms farms(MatrixValues values, double[] sigma) throws FormatException {
        return exact && values.small() < Farms.SIZE
                ? Farms.of(new Spectrum(values.rows(), values.columns(), sigma))
                : Farms.of(values);
    }

    private static List<Saliency> saliencies(MatrixValues values, List<Importance> importances) throws FormatException {
        List<Saliency> saliencies = new ArrayList<>();
        for (Importance importance : importances) {
            double[] roots = roots(importance, values.expert());
            saliencies.add(roots == null ? null : Saliency.of(values, roots));
        }
        return saliencies;
    }

    /** √E[x²] by column; null where nothing is known. */
    private static double[] roots(Importance importance, int expert) {
        double[] squares = importance == null ? null : importance.ofExpert(expert);
        return squares == null ? null : Arrays.stream(squares).map(Math::sqrt).toArray();
    }

    // ---- digests

    private String digest(TensorInfo tensor) throws FormatException {
        MessageDigest sha256 = sha256();
        add(sha256, VERSION + "\n" + tensor.type().label() + " " + tensor.dims() + "\n");
        byte[] bytes = new byte[COPIED];
        for (long from = 0; from < tensor.bytes(); from += COPIED) {
            int count = (int) Math.min(COPIED, tensor.bytes() - from);
            source.copy(tensor, from, bytes, 0, count);
            sha256.update(bytes, 0, count);
        }
        return hex(sha256);
    }

    private static void add(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- layers

    private List<LayerSpectrum> layers(List<MatrixSpectrum> matrices) throws IOException {
        Map<Layer, List<MatrixSpectrum>> byLayer = new TreeMap<>();
        for (MatrixSpectrum matrix : matrices) {
            if (matrix.name().hasLayer() && options.scored().test(matrix.name().kind())) {
                byLayer.computeIfAbsent(matrix.name().inStack(), _ -> new ArrayList<>()).add(matrix);
            }
        }
        List<Layer> layers = List.copyOf(byLayer.keySet());
        LayerSpectrum[] done = new LayerSpectrum[layers.size()];
        Parallel.forEach(done.length, options.threads(), () -> null,
                (_, i) -> done[i] = layer(layers.get(i), byLayer.get(layers.get(i)), matrices));
        return List.of(done);
    }

    private LayerSpectrum layer(Layer layer, List<MatrixSpectrum> scored, List<MatrixSpectrum> all) throws IOException {
        List<MatrixSpectrum> ofLayer = all.stream().filter(matrix -> layer.equals(matrix.name().inStack())).toList();
        MatrixSpectrum q = of(QUERY, ofLayer);
        MatrixSpectrum k = of(KEY, ofLayer);
        MatrixSpectrum v = of("attn_v", ofLayer);
        List<double[]> outliers = new ArrayList<>();
        for (int i = 0; i < options.imatrices().size(); i++) {
            outliers.add(outliers(scored, i));
        }
        return new LayerSpectrum(layer, scored, v == null || !exact ? null : v.spectrum().entropy(),
                q == null || k == null || !exact || q.columns() != k.columns() ? null : product(q, k), outliers);
    }

    private static MatrixSpectrum of(String kind, List<MatrixSpectrum> matrices) {
        return matrices.stream().filter(matrix -> matrix.name().kind().endsWith(kind) && matrix.expert() < 0)
                .findFirst()
                .orElse(null);
    }

    /** The entropy of W_q·W_kᵀ. */
    private Entropy product(MatrixSpectrum q, MatrixSpectrum k) throws IOException {
        String key = "";
        if (options.cache().isUsed()) {
            MessageDigest sha256 = sha256();
            add(sha256, digest(q.info()) + digest(k.info()));
            key = hex(sha256) + "-product";
        }
        double[][] known = options.cache().read(key);
        double[] sigma = known != null
                ? known[0]
                : withMemory(q.name().name(), productBytes(q, k), () -> SingularValues.ofProduct(
                        new MatrixValues(source, q.info(), 0), new MatrixValues(source, k.info(), 0)));
        if (known == null) {
            options.cache().write(key, new double[][]{sigma});
        }
        advance(productWork(q.rows(), k.rows(), q.columns()));
        return Entropy.of(Entropy.squares(sigma), Entropy.gaussianProduct(q.rows(), k.rows(), q.columns()));
    }

    private static long productBytes(MatrixSpectrum q, MatrixSpectrum k) {
        return Float.BYTES * (q.elements() + k.elements()) + Double.BYTES * q.rows() * k.rows()
                + SingularValues.bytes(q.rows(), k.rows());
    }

    /** Percentages of the weights of a layer; null without an entry for any of its matrices. */
    private double[] outliers(List<MatrixSpectrum> matrices, int imatrix) throws IOException {
        List<MatrixSpectrum> known = matrices.stream().filter(matrix -> matrix.saliencies().get(imatrix) != null)
                .toList();
        if (known.isEmpty()) {
            return null;
        }
        long size = known.stream().mapToLong(MatrixSpectrum::elements).sum();
        double mean = known.stream().mapToDouble(matrix -> matrix.saliencies().get(imatrix).sum()).sum() / size;
        long[] outliers = new long[Saliency.FACTORS.size()];
        for (MatrixSpectrum matrix : known) {
            int expert = Math.max(0, matrix.expert());
            double[] roots = roots(Importance.of(options.imatrices().get(imatrix), matrix.info()), expert);
            long[] each = Saliency.outliers(new MatrixValues(source, matrix.info(), expert), roots, mean);
            Arrays.setAll(outliers, i -> outliers[i] + each[i]);
        }
        return Arrays.stream(outliers).mapToDouble(each -> 100.0 * each / size).toArray();
    }
}
