package org.imatrixstats.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.LongConsumer;

import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.Sources;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/**
 * A model in any container: its tensors under the names and in the order of its files, and what it says about itself.
 * Opening reads headers only. {@link #asGguf} has the same tensors as a GGUF file of llama.cpp would.
 */
public abstract sealed class ModelFile implements TensorSource
        permits GgufModelFile, SafetensorsModel, PyTorchModel, MetaModel {
    private final String name;
    private final ModelConfig config;
    private final List<ByteSource> files;
    private final SequencedMap<String, ModelTensor> tensors = new LinkedHashMap<>();
    private final List<String> warnings;

    /** @param warnings what is odd about the files */
    ModelFile(String name, ModelConfig config, List<ByteSource> files, List<ModelTensor> tensors,
            List<String> warnings) throws FormatException {
        this.name = name;
        this.files = List.copyOf(files);
        this.warnings = List.copyOf(warnings);
        for (ModelTensor tensor : tensors) {
            if (this.tensors.putIfAbsent(tensor.name(), tensor) != null) {
                throw new FormatException(name, tensor.name(), "is there twice");
            }
        }
        this.config = withVocabulary(config);
    }

    /** Where the model does not say how many tokens it knows, the rows of the embedding matrix tell. */
    private ModelConfig withVocabulary(ModelConfig stated) {
        if (stated.get(Hyperparameter.VOCAB).isPresent()) {
            return stated;
        }
        for (ModelTensor tensor : tensors.values()) {
            GgufName gguf = ggufName(tensor, stated.architecture());
            if (gguf != null && gguf.name().equals(GgufName.EMBEDDING)) {
                return stated.with(Hyperparameter.VOCAB, tensor.info().rows());
            }
        }
        return stated;
    }

    /**
     * Opens a model, whose tensors somebody is going to use.
     *
     * @param path a file, any part of a split GGUF model, an index of safetensors or PyTorch files, or a folder of Hugging
     *             Face's or Meta's
     * @throws FormatException if it is not a model, anything in its headers is not as it should be, or it is a checkpoint
     *                         that names code
     */
    public static ModelFile open(Path path) throws IOException {
        return open(path, Sources::open);
    }

    /** The same with files that are opened otherwise. */
    public static ModelFile open(Path path, ByteSource.Opener opener) throws IOException {
        ModelFile model = list(path, null, opener);
        if (model.code().isEmpty()) {
            return model;
        }
        model.close();
        throw new FormatException(path, "names code that loading it with PyTorch would run: "
                + String.join(", ", model.code()) + "; only 'inspect' reads such a file");
    }

    /**
     * Lists a model in one file that is open already; it is closed with the model.
     *
     * @throws FormatException if it is not a model, or anything in its header is not as it should be
     */
    public static ModelFile list(ByteSource file) throws IOException {
        return new ModelOpener(null, Sources::open).read(file, ModelConfig.NONE);
    }

    /** A GGUF model that is open already, and closed with this. */
    public static ModelFile of(GgufModel model) throws FormatException {
        return new GgufModelFile(model);
    }

    /**
     * Opens a model to list what is in it, also if it is a checkpoint that names code: {@link #code} has the names.
     *
     * @param key    the key of the tensors in a PyTorch checkpoint; null to look for a usual one
     * @param opener opens the files of the model
     */
    public static ModelFile list(Path path, String key, ByteSource.Opener opener) throws IOException {
        return new ModelOpener(key, opener).open(path);
    }

    @Override
    public final String name() {
        return name;
    }

    /** What it is stored in, as people call it. */
    public abstract String container();

    /** What the model says about itself. */
    public final ModelConfig config() {
        return config;
    }

    /** The files of the model. */
    public final List<ByteSource> files() {
        return files;
    }

    /** The tensors with all that inspection shows. */
    public final List<ModelTensor> modelTensors() {
        return List.copyOf(tensors.values());
    }

    @Override
    public final List<TensorInfo> tensors() {
        return tensors.values().stream().map(ModelTensor::info).toList();
    }

    @Override
    public final TensorInfo tensor(String tensorName) {
        ModelTensor tensor = tensors.get(tensorName);
        return tensor == null ? null : tensor.info();
    }

    /** What is odd about the files, one line each. */
    public List<String> warnings() {
        return warnings;
    }

    /** Names in a checkpoint that loading it with PyTorch may run. */
    public List<String> code() {
        return List.of();
    }

    /** The name of a tensor in GGUF; null if it cannot be translated. */
    public final GgufName ggufName(ModelTensor tensor) {
        return ggufName(tensor, config.architecture());
    }

    GgufName ggufName(ModelTensor tensor, String architecture) {
        return GgufName.of(tensor.name(), architecture);
    }

    /** Names of tensors that have no known name in GGUF. */
    public final List<String> untranslated() {
        return tensors.values().stream().filter(tensor -> ggufName(tensor) == null).map(ModelTensor::name).toList();
    }

    private GgufView ggufView() throws FormatException {
        return new GgufView(name, modelTensors(), this::ggufName, config, this);
    }

    /**
     * The same tensors under the names and in the shapes that they have in a GGUF file of llama.cpp, with their types. Those
     * without a known name are left out.
     */
    public TensorSource asGguf() throws FormatException {
        return ggufView();
    }

    /**
     * The same in the types that convert_hf_to_gguf.py of llama.cpp gives them, which all are types of ggml. The values are
     * those of the files: they are not rounded to these types.
     */
    public TensorSource asConverted() throws FormatException {
        return ggufView().converted();
    }

    /** The tensors as convert_hf_to_gguf.py of llama.cpp writes them to a GGUF file, also in its types. */
    public List<TensorInfo> converted() throws FormatException {
        return asConverted().tensors();
    }

    /**
     * Reads all data and compares the checksums that there are.
     *
     * @param progress is told how many bytes more were read
     * @return what is wrong, one line each
     */
    public List<String> verify(LongConsumer progress) throws IOException {
        return List.of();
    }

    @Override
    public void readRows(TensorInfo tensor, long firstRow, int rows, float[] into, int at) throws FormatException {
        tensors.get(tensor.name()).values().readRows(firstRow, rows, into, at);
    }

    @Override
    public void copy(TensorInfo tensor, long from, byte[] into, int at, int count) throws FormatException {
        if (tensor.offset() < 0) {
            throw new FormatException(name, tensor.name(), "its data are not in one piece in the file");
        }
        files.get(tensor.part()).copy(tensor.offset() + from, into, at, count);
    }

    @Override
    public void close() throws IOException {
        for (ByteSource file : files) {
            file.close();
        }
    }
}
