package org.imatrixstats.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.model.ModelTensor.Piece;
import org.imatrixstats.model.ModelTensor.StorageKey;
import org.imatrixstats.pytorch.Checkpoint;
import org.imatrixstats.pytorch.Checkpoints;
import org.imatrixstats.pytorch.CheckpointTensor;
import org.imatrixstats.tensor.StridedValues;
import org.imatrixstats.tensor.TensorInfo;

/** One PyTorch checkpoint, or several that an index names. */
public final class PyTorchModel extends ModelFile {
    private final List<Checkpoint> checkpoints;

    /** @param index which tensors to take from which file; null for all of a single one */
    PyTorchModel(String name, ModelConfig config, List<Checkpoint> checkpoints, ModelIndex index)
            throws FormatException {
        this(name, config, checkpoints, index, notes(checkpoints));
    }

    private PyTorchModel(String name, ModelConfig config, List<Checkpoint> checkpoints, ModelIndex index,
            List<String> warnings) throws FormatException {
        super(name, config, checkpoints.stream().map(Checkpoint::file).toList(), tensors(checkpoints, index, warnings),
                warnings);
        this.checkpoints = List.copyOf(checkpoints);
    }

    static List<String> notes(List<Checkpoint> checkpoints) {
        return new ArrayList<>(checkpoints.stream().flatMap(each -> each.notes().stream()).toList());
    }

    private static List<ModelTensor> tensors(List<Checkpoint> checkpoints, ModelIndex index, List<String> warnings)
            throws FormatException {
        List<ModelTensor> tensors = new ArrayList<>();
        for (int part = 0; part < checkpoints.size(); part++) {
            for (CheckpointTensor tensor : checkpoints.get(part).tensors()) {
                if (index == null || index.places(tensor.name(), part, warnings)) {
                    tensors.add(tensor(checkpoints.get(part), part, tensor));
                }
            }
        }
        if (index != null) {
            index.requireAll(tensors, warnings);
        }
        return tensors;
    }

    private static ModelTensor tensor(Checkpoint checkpoint, int part, CheckpointTensor tensor) {
        List<Long> shape = tensor.view().shape();
        long bytes = tensor.type().bytes(tensor.view().elements());
        boolean inOnePiece = tensor.storage().offset() >= 0 && tensor.view().isContiguous();
        long offset = inOnePiece ? tensor.storage().offset() + tensor.type().bytes(tensor.view().offset()) : -1;
        TensorInfo info = new TensorInfo(tensor.name(), SafetensorsModel.dims(shape), tensor.type(), part, offset,
                bytes);
        return new ModelTensor(info, shape, values(checkpoint, tensor), List.of(piece(part, tensor)), null);
    }

    static StridedValues values(Checkpoint checkpoint, CheckpointTensor tensor) {
        return new StridedValues(tensor.name(), tensor.storage().data(), tensor.type(), checkpoint.order(),
                tensor.view());
    }

    static Piece piece(int part, CheckpointTensor tensor) {
        return new Piece(new StorageKey(part, tensor.storage().key(), tensor.storage().data().size()), tensor.view(),
                tensor.storage().elements(), tensor.type());
    }

    /** The key under which the tensors were found; null if they are at the top, or the files differ. */
    public String key() {
        Set<String> keys = new LinkedHashSet<>(checkpoints.stream().map(Checkpoint::container).toList());
        return keys.size() == 1 ? keys.iterator().next() : null;
    }

    /** Whether it is nothing but a tensor, which has no name. */
    public boolean isBareTensor() {
        return modelTensors().size() == 1 && modelTensors().getFirst().name().isEmpty();
    }

    /** Names of tensors that are not of the model, such as those of an optimizer. */
    public List<String> outside() {
        return checkpoints.stream().flatMap(each -> each.outside().stream()).toList();
    }

    /** Names of harmless classes beside the tensors. */
    public List<String> foreign() {
        return checkpoints.stream().flatMap(each -> each.foreign().stream()).distinct().toList();
    }

    @Override
    public List<String> code() {
        return checkpoints.stream().flatMap(each -> each.code().stream()).distinct().toList();
    }

    @Override
    public List<String> verify(LongConsumer progress) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Checkpoint checkpoint : checkpoints) {
            for (String entry : Checkpoints.damaged(checkpoint, progress)) {
                wrong.add(checkpoint.file().name() + ": zip entry '" + entry + "': its checksum is wrong");
            }
        }
        return wrong;
    }

    @Override
    public String container() {
        return checkpoints.getFirst().layout() == Checkpoint.Layout.ZIP ? "PyTorch" : "PyTorch (before 1.6)";
    }
}
