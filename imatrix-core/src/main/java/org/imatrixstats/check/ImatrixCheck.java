package org.imatrixstats.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

import org.imatrixstats.gguf.ValueType;
import org.imatrixstats.io.Count;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.SharedInputs;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.stats.ExpertCounts;
import org.imatrixstats.stats.ValueVisitor;

/** Looks for everything in {@link FindingCode}, reading every value of a file once. */
public final class ImatrixCheck {
    private static final Dialect LLAMA_CPP = Dialects.llamaCpp();
    /** Tensors without which few models are. */
    private static final Set<String> IN_MOST_MODELS = Set.of("token_embd.weight", "output.weight");
    /** Below this, the mean of squares is off by half of itself even where the activations are Gaussian: √(2 / 10). */
    public static final int DEFAULT_MIN_TOKENS = 10;

    private static final String PRECOMPUTED = ".stats";

    private final Imatrix imatrix;
    private final Optional<ModelFile> model;
    private final List<ImatrixEntry> entries;
    private final Map<ImatrixEntry, OptionalInt> experts = new IdentityHashMap<>();
    private final Map<ImatrixEntry, EntryScan> scans = new IdentityHashMap<>();
    private final List<Finding> findings = new ArrayList<>();

    /**
     * A check of which {@link #visitor} sees the values, while something else walks them.
     *
     * @param model the model to be quantized; empty if it is not known
     */
    public ImatrixCheck(Imatrix imatrix, Optional<ModelFile> model) {
        this.imatrix = imatrix;
        this.model = model;
        this.entries = imatrix.entries().values().stream()
                .sorted((a, b) -> TensorName.BY_LAYER.compare(a.name(), b.name())).toList();
        ExpertCounts counts = new ExpertCounts(imatrix, OptionalInt.empty());
        entries.forEach(entry -> experts.put(entry, experts(entry, counts)));
    }

    /**
     * All findings, the worst first; of one severity by code, of one code by layer.
     *
     * @param minTokens what an expert needs at least
     * @param model     the model to be quantized; empty if it is not known
     * @throws FormatException if the file is cut short meanwhile
     */
    public static List<Finding> findings(Imatrix imatrix, long minTokens, Optional<ModelFile> model, int threads)
            throws IOException {
        ImatrixCheck check = new ImatrixCheck(imatrix, model);
        check.walk(check.entries, threads);
        return check.all(entry -> entry, minTokens);
    }

    /** Looks at the values of a walk. */
    public ValueVisitor<?> visitor() {
        return new ValueVisitor<EntryScan>() {
            @Override
            public EntryScan begin(ImatrixEntry entry) {
                return new EntryScan(imatrix, entry, expertsOf(entry));
            }

            @Override
            public void visit(EntryScan scan, Block block, float[] squares, float[] sums) {
                scan.look(block, new EntryScan.Buffers(squares, sums));
            }

            @Override
            public EntryScan merge(EntryScan earlier, EntryScan later) {
                return earlier.merge(later);
            }

            @Override
            public void end(ImatrixEntry entry, EntryScan scan) {
                scans.put(entry, scan);
            }
        };
    }

    /**
     * The findings of a file whose values {@link #visitor} has seen.
     *
     * @param inputs what the entries share, as it was for the walk
     */
    public List<Finding> findings(SharedInputs inputs, long minTokens, int threads) throws IOException {
        // One whose experts are told by another tensor than those of the first that holds the same.
        walk(entries.stream().filter(entry -> expertsOf(entry) != expertsOf(inputs.firstOf(entry))).toList(), threads);
        return all(entry -> scans.containsKey(entry) ? entry : inputs.firstOf(entry), minTokens);
    }

    private List<Finding> all(UnaryOperator<ImatrixEntry> scanned, long minTokens) throws IOException {
        findings.clear();
        file();
        entries.forEach(entry -> columns(entry, experts.get(entry)));
        entries.forEach(entry -> findings.addAll(scans.get(scanned.apply(entry)).findings(entry, minTokens)));
        tensors();
        findings.sort((a, b) -> a.severity() != b.severity()
                ? a.severity().compareTo(b.severity())
                : a.code().compareTo(b.code()));
        return List.copyOf(findings);
    }

    // ---- what the file says about itself

    private void file() {
        Imatrix.Origin origin = imatrix.origin();
        if (origin.format() == Imatrix.Format.GGUF) {
            List<String> missing = new ArrayList<>();
            if (imatrix.isBigEndian()) {
                findings.add(Finding.ofFile(FindingCode.BIG_ENDIAN, "numbers are in big-endian order"));
            }
            List<String> wrong = new ArrayList<>();
            for (String key : List.of(Imatrix.DATASETS, Imatrix.CHUNK_COUNT, Imatrix.CHUNK_SIZE)) {
                imatrix.keyType(key).ifPresentOrElse(type -> {
                    if (!key.equals(Imatrix.DATASETS) && type != ValueType.UINT32) {
                        wrong.add(key + " (" + type.name().toLowerCase(Locale.ROOT) + ")");
                    }
                }, () -> missing.add(key));
            }
            if (!missing.isEmpty()) {
                findings.add(Finding.ofFile(FindingCode.METADATA_MISSING, "missing: " + String.join(", ", missing)));
            }
            if (!wrong.isEmpty()) {
                findings.add(Finding.ofFile(FindingCode.METADATA_TYPE, "not uint32: " + String.join(", ", wrong)));
            }
            if (imatrix.keyType(Imatrix.DATASETS).isPresent()) {
                datasets(origin);
            }
        }
        Set<String> datasets = new TreeSet<>();
        Set<String> twice = new TreeSet<>();
        origin.datasets().stream().filter(dataset -> !datasets.add(dataset)).forEach(twice::add);
        twice.forEach(dataset -> findings.add(Finding.ofFile(FindingCode.DUPLICATE_DATASET,
                origin.datasets().stream().filter(dataset::equals).count() + " times " + dataset)));
        // Newer writers put their figures beside an entry.
        imatrix.unknownTensors().stream().filter(tensor -> !tensor.endsWith(PRECOMPUTED)).forEach(tensor -> findings
                .add(Finding.ofTensor(FindingCode.UNKNOWN_TENSOR, tensor, "no part of an entry")));
        if (imatrix.entries().values().stream().allMatch(entry -> entry.elements() == 0)) {
            findings.add(Finding.ofFile(FindingCode.NOTHING_COUNTED, "0 rows in all tensors"));
        }
    }

    private void datasets(Imatrix.Origin origin) {
        if (imatrix.keyType(Imatrix.DATASETS).filter(ValueType.ARRAY::equals).isEmpty()) {
            findings.add(Finding.ofFile(FindingCode.DATASETS_UNUSUAL, "imatrix.datasets is not a list of names"));
        } else if (origin.datasets().isEmpty()) {
            findings.add(Finding.ofFile(FindingCode.DATASETS_UNUSUAL, "imatrix.datasets names no text"));
        }
    }

    // ---- what the entries hold

    private void walk(List<ImatrixEntry> some, int threads) throws IOException {
        List<Partition> grid = Partition.grid(some, this::expertsOf, entry -> entry.size() / expertsOf(entry));
        List<EntryScan> found = Parallel.fold(grid, threads, EntryScan.Buffers::new,
                (buffers, part) -> EntryScan.of(imatrix, some.get(part.item()), expertsOf(some.get(part.item())), part,
                        buffers),
                EntryScan::merge, _ -> {
                });
        for (int i = 0; i < found.size(); i++) {
            scans.put(some.get(i), found.get(i));
        }
    }

    /** 1 where nobody says how many. */
    private int expertsOf(ImatrixEntry entry) {
        return experts.get(entry).orElse(1);
    }

    /** Empty where nobody says how many experts share the entry. */
    private OptionalInt experts(ImatrixEntry entry, ExpertCounts counts) {
        if (entry.experts() > 1) {
            return OptionalInt.of(entry.experts());
        }
        OptionalInt inferred = counts.of(entry);
        TensorInfo tensor = inModel(entry);
        boolean told = inferred.isEmpty() && tensor != null && entry.size() > 0
                && Model.entrySize(tensor) == entry.size() && Model.matrices(tensor) <= Integer.MAX_VALUE;
        return told ? OptionalInt.of((int) Model.matrices(tensor)) : inferred;
    }

    private TensorInfo inModel(ImatrixEntry entry) {
        return model.map(headers -> headers.tensor(entry.name().name())).orElse(null);
    }

    private void columns(ImatrixEntry entry, OptionalInt experts) {
        TensorInfo tensor = inModel(entry);
        boolean known = experts.isPresent() && !(experts.getAsInt() == 1 && MlaVariants.isHalf(entry.name().kind()));
        if (!LLAMA_CPP.mayQuantize(entry.name().name()) || tensor == null && !known) {
            return;
        }
        long columns = tensor != null ? tensor.ne0() : entry.size() / experts.getAsInt();
        if (columns % 256 != 0) {
            findings.add(Finding.ofTensor(
                    columns % 32 != 0 ? FindingCode.COLUMNS_NOT_32 : FindingCode.COLUMNS_NOT_256, entry.name().name(),
                    Count.of(columns, "column") + " per row"));
        }
    }

    // ---- which tensors there are

    private void tensors() throws FormatException {
        LayerCheck layers = new LayerCheck(imatrix);
        findings.addAll(layers.counts());
        if (model.isPresent()) {
            ModelFindings fit = new ModelFindings(imatrix, model.get());
            findings.addAll(fit.findings());
            refused(fit.withoutEntry());
            layers.missing().stream().filter(finding -> finding.code() == FindingCode.LAYER_PATTERN)
                    .forEach(findings::add);
        } else {
            findings.addAll(layers.missing());
            refused(layers.gaps());
            nextn();
        }
        outputs();
    }

    private void nextn() {
        long layers = imatrix.origin().nextnLayers().orElse(0);
        if (layers > 0
                && entries.stream().noneMatch(entry -> entry.name().kind().startsWith(LayerCheck.NEXTN_PREFIX))) {
            findings.add(Finding.ofFile(FindingCode.NEXTN_WITHOUT_DATA,
                    "imatrix.n_layer_nextn is " + layers + ", but no entry is of such a layer"));
        }
    }

    private boolean hasEntry(String tensor) {
        return imatrix.entries().containsKey(tensor);
    }

    private void refused(List<String> withoutEntry) {
        for (String tensor : withoutEntry) {
            if (LLAMA_CPP.mayQuantize(tensor) && !LLAMA_CPP.exempt().contains(tensor)) {
                findings.add(Finding.ofTensor(FindingCode.TYPES_REFUSED, tensor,
                        Dialects.ikLlamaCpp().entryNames(tensor).stream().filter(this::hasEntry).findFirst()
                                .map(other -> "refused by llama.cpp; ik_llama.cpp takes the entry of " + other)
                                .orElse("refused by llama.cpp and ik_llama.cpp")));
            }
        }
    }

    private void outputs() {
        for (String tensor : LLAMA_CPP.exempt()) {
            boolean there = model.map(headers -> headers.tensor(tensor) != null)
                    .orElse(IN_MOST_MODELS.contains(tensor));
            if (there && !hasEntry(tensor)) {
                findings.add(Finding.ofTensor(FindingCode.OUTPUT_WITHOUT_ENTRY, tensor,
                        model.isPresent() ? "no entry" : "no entry, if the model has it"));
            }
        }
    }
}
