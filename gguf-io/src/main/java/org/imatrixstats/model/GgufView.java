package org.imatrixstats.model;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.tensor.DType;
import org.imatrixstats.ggml.ElementType;
import org.imatrixstats.tensor.JoinedValues;
import org.imatrixstats.tensor.StridedValues;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;
import org.imatrixstats.tensor.TensorValues;
import org.imatrixstats.tensor.View;

/**
 * A model of Hugging Face's or Meta's under the names of GGUF, with the matrices of all experts of a layer in one tensor.
 * The element types are those of the files.
 *
 * <p>Values are those that convert_hf_to_gguf.py of llama.cpp writes: it reorders the rows of some query and key matrices and
 * adds 1 to the weights of some norms.
 */
final class GgufView implements TensorSource {
    private static final String ROUTER = "ffn_gate_inp";
    private static final String KEYS_AND_VALUES = "attn_kv_b";

    private final String model;
    private final ModelConfig config;
    private final Closeable files;
    private final SequencedMap<String, TensorInfo> infos = new LinkedHashMap<>();
    private final Map<String, Rows> rows = new LinkedHashMap<>();

    /** Reads rows of one tensor, like {@link TensorValues#readRows}. */
    @FunctionalInterface
    private interface Rows {
        void read(long firstRow, int rows, float[] into, int at) throws FormatException;
    }

    /**
     * @param model   the name of the model in messages
     * @param tensors in the order of the files; several of experts may have one name in GGUF
     * @param naming  the name of a tensor in GGUF; null if it cannot be translated
     * @param files   closed with this
     */
    GgufView(String model, List<ModelTensor> tensors, Function<ModelTensor, GgufName> naming, ModelConfig config,
            Closeable files) throws FormatException {
        this.model = model;
        this.config = config;
        this.files = files;
        Map<String, SequencedMap<Integer, ModelTensor>> byName = new LinkedHashMap<>();
        for (ModelTensor tensor : tensors) {
            GgufName name = naming.apply(tensor);
            if (name != null && byName.computeIfAbsent(name.name(), _ -> new TreeMap<>()).put(name.expert(),
                    tensor) != null) {
                throw new FormatException(model, tensor.name(),
                        "has the name of another tensor in GGUF: " + name.name());
            }
        }
        for (Map.Entry<String, SequencedMap<Integer, ModelTensor>> each : byName.entrySet()) {
            String name = each.getKey();
            SequencedMap<Integer, ModelTensor> output = byName.get(name.replace(KEYS_AND_VALUES, "attn_output"));
            boolean latent = name.endsWith(KEYS_AND_VALUES + ".weight") && output != null;
            if (!latent || !addLatent(name, each.getValue().firstEntry().getValue(),
                    output.firstEntry().getValue())) {
                add(name, each.getValue());
            }
        }
    }

    /** The same in other types; the values stay those of the files. */
    private GgufView(GgufView stored, Function<TensorInfo, GgmlType> types) {
        this.model = stored.model;
        this.config = stored.config;
        this.files = stored.files;
        stored.infos.forEach((name, info) -> infos.put(name, info(name, info.dims(), types.apply(info), info.part())));
        rows.putAll(stored.rows);
    }

    /**
     * Multi-head latent attention: one matrix makes the keys and values of all heads of the latent vector. GGUF has them apart,
     * the keys transposed.
     *
     * @param output the output matrix, whose columns are the values of all heads
     * @return false if the shapes do not agree with the number of heads
     */
    private boolean addLatent(String name, ModelTensor both, ModelTensor output) {
        long heads = config.get(Hyperparameter.HEADS, 0);
        if (!(both.values() instanceof StridedValues stored) || both.shape().size() != 2 || heads <= 0
                || both.shape().getFirst() % heads != 0 || output.info().ne0() % heads != 0) {
            return false;
        }
        long perHead = both.shape().getFirst() / heads;
        long values = output.info().ne0() / heads;
        long keys = perHead - values;
        long rank = both.shape().getLast();
        if (keys <= 0) {
            return false;
        }
        View view = stored.view();
        long row = view.strides().getFirst();
        long column = view.strides().getLast();
        add(name.replace(KEYS_AND_VALUES, "attn_k_b"), List.of(keys, rank, heads), part(stored, new View(view.offset(),
                List.of(heads, rank, keys), List.of(perHead * row, column, row))), both);
        add(name.replace(KEYS_AND_VALUES, "attn_v_b"), List.of(rank, values, heads), part(stored,
                new View(view.offset() + keys * row, List.of(heads, values, rank),
                        List.of(perHead * row, row, column))),
                both);
        return true;
    }

    private static StridedValues part(StridedValues whole, View view) {
        return new StridedValues(whole.name(), whole.storage(), whole.type(), whole.order(), view);
    }

    private void add(String name, SequencedMap<Integer, ModelTensor> experts) throws FormatException {
        ModelTensor first = experts.firstEntry().getValue();
        if (experts.firstEntry().getKey() < 0) {
            add(name, first.info().dims(), first.values(), first);
            return;
        }
        List<TensorValues> parts = new ArrayList<>();
        List<List<Long>> shapes = new ArrayList<>();
        for (Map.Entry<Integer, ModelTensor> expert : experts.entrySet()) {
            if (expert.getKey() != parts.size() || !expert.getValue().shape().equals(first.shape())) {
                throw new FormatException(model, expert.getValue().name(), "expert " + parts.size()
                        + " is missing, or its shape is not " + first.shape());
            }
            parts.add(expert.getValue().values());
            shapes.add(expert.getValue().shape());
        }
        List<Long> dims = new ArrayList<>(first.info().dims());
        dims.add((long) parts.size());
        add(name, dims, new JoinedValues(parts, shapes, false), first);
    }

    private void add(String name, List<Long> dims, TensorValues values, ModelTensor stored) {
        infos.put(name, info(name, dims, stored.info().type(), stored.info().part()));
        rows.put(name, converted(stored, values::readRows));
    }

    private Rows converted(ModelTensor stored, Rows values) {
        int columns = (int) stored.info().ne0();
        if (GgufName.isShifted(stored.name(), config.architecture())) {
            return (first, count, into, at) -> {
                values.read(first, count, into, at);
                for (int i = at; i < at + count * columns; i++) {
                    into[i]++;
                }
            };
        }
        if (GgufName.isReordered(stored.name(), config.architecture())) {
            long heads = config.get(stored.name().contains(".k_proj.") ? Hyperparameter.KV_HEADS : Hyperparameter.HEADS,
                    0);
            if (heads > 0 && stored.info().rows() % (2 * heads) == 0) {
                return interleaved(values, stored.info().rows() / heads, columns);
            }
        }
        return values;
    }

    /** Hugging Face has the first halves of all rotary pairs of a head before the second ones, GGUF has the pairs. */
    private static Rows interleaved(Rows values, long perHead, int columns) {
        return (first, count, into, at) -> {
            for (int i = 0; i < count; i++) {
                long within = (first + i) % perHead;
                long row = first + i - within + within % 2 * (perHead / 2) + within / 2;
                values.read(row, 1, into, at + i * columns);
            }
        };
    }

    private static TensorInfo info(String name, List<Long> dims, ElementType type, int part) {
        long bytes = View.elements(dims) / type.blockSize() * type.bytesPerBlock();
        return new TensorInfo(name, dims, type, part, -1, bytes);
    }

    /**
     * The tensors with the types that convert_hf_to_gguf.py of llama.cpp writes: F32 for vectors and for what chooses experts,
     * F16 for what is stored so, else BF16.
     */
    GgufView converted() {
        return new GgufView(this, GgufView::convertedType);
    }

    private static GgmlType convertedType(TensorInfo info) {
        if (info.dims().size() == 1 || info.name().contains(ROUTER)) {
            return GgmlType.F32;
        }
        return info.type() == DType.F16 ? GgmlType.F16 : GgmlType.BF16;
    }

    @Override
    public String name() {
        return model;
    }

    @Override
    public List<TensorInfo> tensors() {
        return List.copyOf(Collections.unmodifiableSequencedMap(infos).values());
    }

    @Override
    public TensorInfo tensor(String name) {
        return infos.get(name);
    }

    @Override
    public void readRows(TensorInfo tensor, long firstRow, int count, float[] into, int at) throws FormatException {
        rows.get(tensor.name()).read(firstRow, count, into, at);
    }

    @Override
    public void copy(TensorInfo tensor, long from, byte[] into, int at, int count) throws FormatException {
        throw new FormatException(model, tensor.name(),
                "is not stored as GGUF has it: convert the model with convert_hf_to_gguf.py");
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
