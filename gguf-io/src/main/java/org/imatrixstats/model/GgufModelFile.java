package org.imatrixstats.model;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import org.imatrixstats.ggml.Codecs;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.gguf.Metadata;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.SliceSource;
import org.imatrixstats.tensor.DType;
import org.imatrixstats.tensor.StridedValues;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;
import org.imatrixstats.tensor.TensorValues;
import org.imatrixstats.tensor.Value;
import org.imatrixstats.tensor.View;

/** A GGUF file, or all parts of a split one. */
public final class GgufModelFile extends ModelFile {
    private static final Map<GgmlType, DType> PLAIN = Map.of(GgmlType.F32, DType.F32, GgmlType.F16, DType.F16,
            GgmlType.BF16, DType.BF16, GgmlType.F64, DType.F64, GgmlType.I8, DType.I8, GgmlType.I16, DType.I16,
            GgmlType.I32, DType.I32, GgmlType.I64, DType.I64);

    /** Limit for quantized rows, which are decoded whole. */
    private static final int MOST_COLUMNS = 1 << 20;

    private final GgufModel model;

    GgufModelFile(GgufModel model) throws FormatException {
        super(model.name(), config(model.metadata()), model.parts().stream().map(part -> part.source()).toList(),
                tensors(model), warnings(model));
        this.model = model;
    }

    private static List<String> warnings(GgufModel model) {
        boolean bigEndian = model.parts().stream().anyMatch(part -> part.order() == ByteOrder.BIG_ENDIAN);
        List<String> warnings = new ArrayList<>(model.warnings());
        if (bigEndian) {
            warnings.add(
                    "is in big-endian order, which llama.cpp refuses on machines of the other order, such as x86 and"
                            + " ARM: convert the original model again there (llama.cpp's gguf_convert_endian.py turns it round)");
        }
        return warnings;
    }

    private static ModelConfig config(Metadata metadata) {
        String architecture = metadata.text("general.architecture").orElse(null);
        Map<Hyperparameter, Long> values = new EnumMap<>(Hyperparameter.class);
        for (Hyperparameter parameter : Hyperparameter.values()) {
            metadata.integer(architecture + "." + parameter.gguf()).ifPresent(value -> values.put(parameter, value));
        }
        Long heads = values.get(Hyperparameter.HEADS);
        Long embedding = values.get(Hyperparameter.EMBEDDING);
        if (heads != null && heads > 0 && embedding != null) {
            values.putIfAbsent(Hyperparameter.KEY_LENGTH, embedding / heads);
            values.putIfAbsent(Hyperparameter.VALUE_LENGTH, embedding / heads);
        }
        boolean perLayer = metadata.values().containsKey(architecture + "." + Hyperparameter.KV_HEADS.gguf());
        if (heads != null && !perLayer) {
            values.putIfAbsent(Hyperparameter.KV_HEADS, heads);
        }
        values.putIfAbsent(Hyperparameter.EXPERTS, 0L);
        values.putIfAbsent(Hyperparameter.EXPERTS_USED, 0L);
        return new ModelConfig(architecture, metadata.text("general.name").orElse(null), values);
    }

    private static List<ModelTensor> tensors(GgufModel model) {
        List<ModelTensor> tensors = new ArrayList<>();
        for (TensorInfo info : model.tensors()) {
            tensors.add(new ModelTensor(info, info.dims().reversed(), new Values(model, info), List.of(), null));
        }
        return tensors;
    }

    /** The values of a tensor, which need not be there. */
    private record Values(GgufModel model, TensorInfo info) implements TensorValues {
        @Override
        public void readRows(long firstRow, int rows, float[] into, int at) throws FormatException {
            model.readRows(info, firstRow, rows, into, at);
        }

        @Override
        public List<Value> first(int count) throws FormatException {
            var part = model.parts().get(info.part());
            boolean missing = info.offset() > part.source().size()
                    || info.bytes() > part.source().size() - info.offset();
            if (missing || info.elements() == 0) {
                return missing ? null : List.of();
            }
            List<Long> shape = info.dims().reversed();
            DType plain = PLAIN.get(info.ggmlType());
            if (plain != null) {
                return new StridedValues(info.name(), new SliceSource(part.source(), info.offset(), info.bytes()),
                        plain,
                        part.order(), View.contiguous(0, shape)).first(count);
            }
            return Codecs.has(info.ggmlType()) && info.ne0() <= MOST_COLUMNS
                    ? decoded(Math.min(count, info.elements()))
                    : null;
        }

        private List<Value> decoded(long count) throws FormatException {
            int columns = Math.toIntExact(info.ne0());
            float[] row = new float[columns];
            List<Value> values = new ArrayList<>();
            for (long i = 0; i < count; i++) {
                if (i % columns == 0) {
                    readRows(i / columns, 1, row, 0);
                }
                values.add(new Value.Real(row[(int) (i % columns)]));
            }
            return values;
        }
    }

    /** The keys and values of the model. */
    public Metadata metadata() {
        return model.metadata();
    }

    /** The model as its own container has it. */
    public GgufModel gguf() {
        return model;
    }

    @Override
    public String container() {
        return "GGUF";
    }

    @Override
    GgufName ggufName(ModelTensor tensor, String architecture) {
        return new GgufName(tensor.name(), -1);
    }

    @Override
    public TensorSource asGguf() {
        return model;
    }

    @Override
    public TensorSource asConverted() {
        return model;
    }

    @Override
    public List<TensorInfo> converted() {
        return model.tensors();
    }

    @Override
    public void readRows(TensorInfo tensor, long firstRow, int rows, float[] into, int at) throws FormatException {
        model.readRows(tensor, firstRow, rows, into, at);
    }

    @Override
    public void copy(TensorInfo tensor, long from, byte[] into, int at, int count) throws FormatException {
        model.copy(tensor, from, into, at, count);
    }

    @Override
    public void close() throws IOException {
        model.close();
    }
}
