package org.imatrixstats.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

import org.imatrixstats.gguf.ValueType;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.scan.Parallel;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.stats.ExpertCounts;

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
    private final List<Finding> findings = new ArrayList<>();

    private ImatrixCheck(Imatrix imatrix, Optional<ModelFile> model) {
        this.imatrix = imatrix;
        this.model = model;
        this.entries = imatrix.entries().values().stream()
                .sorted(Comparator.comparing(ImatrixEntry::name, TensorName.BY_LAYER)).toList();
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
        check.file();
        check.values(minTokens, threads);
        check.tensors();
        check.findings.sort(Comparator.comparing(Finding::severity).thenComparing(Finding::code));
        return List.copyOf(check.findings);
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
        // Newer writers put figures of their own beside an entry.
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

    private void values(long minTokens, int threads) throws IOException {
        ExpertCounts counts = new ExpertCounts(imatrix, OptionalInt.empty());
        int[] experts = new int[entries.size()];
        for (int i = 0; i < experts.length; i++) {
            OptionalInt known = experts(entries.get(i), counts);
            experts[i] = known.orElse(1);
            columns(entries.get(i), known);
        }
        List<Integer> numbers = IntStream.range(0, experts.length).boxed().toList();
        List<Partition> grid = Partition.grid(numbers, i -> experts[i], i -> entries.get(i).size() / experts[i]);
        List<EntryScan> scans = Parallel.fold(grid, threads, EntryScan.Buffers::new,
                (buffers, part) -> EntryScan.of(imatrix, entries.get(part.item()), experts[part.item()], part, buffers),
                EntryScan::merge, _ -> {
                });
        scans.forEach(scan -> findings.addAll(scan.findings(minTokens)));
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
                    columns + " columns per row"));
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
