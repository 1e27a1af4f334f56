package org.imatrixstats.model;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.SliceSource;
import org.imatrixstats.safetensors.SafetensorsFile;
import org.imatrixstats.safetensors.SafetensorsTensor;
import org.imatrixstats.tensor.StridedValues;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.View;

/** One safetensors file, or several that an index names. */
public final class SafetensorsModel extends ModelFile {
    private final Map<String, String> metadata;

    /** @param index which tensors to take from which file; null for all of a single one */
    SafetensorsModel(String name, ModelConfig config, List<ByteSource> sources, ModelIndex index)
            throws FormatException {
        this(name, config, sources, index, read(sources), new ArrayList<>());
    }

    private SafetensorsModel(String name, ModelConfig config, List<ByteSource> sources, ModelIndex index,
            List<SafetensorsFile> files, List<String> warnings) throws FormatException {
        super(name, config, sources, tensors(files, index, warnings), warnings);
        Map<String, String> all = new LinkedHashMap<>();
        files.forEach(file -> file.metadata().forEach(all::putIfAbsent));
        this.metadata = all;
    }

    private static List<SafetensorsFile> read(List<ByteSource> sources) throws FormatException {
        List<SafetensorsFile> files = new ArrayList<>();
        for (ByteSource source : sources) {
            files.add(SafetensorsFile.read(source));
        }
        return files;
    }

    private static List<ModelTensor> tensors(List<SafetensorsFile> files, ModelIndex index, List<String> warnings)
            throws FormatException {
        List<ModelTensor> tensors = new ArrayList<>();
        for (int part = 0; part < files.size(); part++) {
            for (SafetensorsTensor tensor : files.get(part).tensors()) {
                if (index == null || index.places(tensor.name(), part, warnings)) {
                    tensors.add(tensor(files.get(part).file(), part, tensor));
                }
            }
        }
        if (index != null) {
            index.requireAll(tensors, warnings);
        }
        return tensors;
    }

    private static ModelTensor tensor(ByteSource file, int part, SafetensorsTensor tensor) {
        TensorInfo info = new TensorInfo(tensor.name(), dims(tensor.shape()), tensor.type(), part, tensor.offset(),
                tensor.bytes());
        StridedValues values = new StridedValues(tensor.name(), new SliceSource(file, tensor.offset(), tensor.bytes()),
                tensor.type(), ByteOrder.LITTLE_ENDIAN, View.contiguous(0, tensor.shape()));
        return new ModelTensor(info, tensor.shape(), values, List.of(), null);
    }

    /** The dimensions of a shape, fastest first; a scalar has one. */
    static List<Long> dims(List<Long> shape) {
        return shape.isEmpty() ? List.of(1L) : shape.reversed();
    }

    /** What the files say under {@code __metadata__}. */
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public String container() {
        return "safetensors";
    }
}
