package org.imatrixstats.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.model.ModelTensor.Piece;
import org.imatrixstats.model.ModelTensor.Shards;
import org.imatrixstats.pytorch.Checkpoint;
import org.imatrixstats.pytorch.Checkpoints;
import org.imatrixstats.pytorch.CheckpointTensor;
import org.imatrixstats.tensor.JoinedValues;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorValues;

/**
 * A folder as Meta publishes Llama models: {@code consolidated.00.pth} and so on, each with a slice of the large matrices
 * and all of the small tensors; {@code params.json}, {@code tokenizer.model}, {@code checklist.chk}.
 */
public final class MetaModel extends ModelFile {
    /** Matrices that are split by their rows. */
    private static final Set<String> BY_ROWS = Set.of("wq", "wk", "wv", "w1", "w3", "output");
    /** Matrices that are split by their columns. */
    private static final Set<String> BY_COLUMNS = Set.of("wo", "w2");
    private static final String EMBEDDING = "tok_embeddings";
    private static final int WHOLE = -1;

    private final Path folder;
    private final List<Checkpoint> shards;
    private final MetaTokenizer tokenizer;

    MetaModel(Path folder, ModelConfig config, List<Checkpoint> shards, MetaTokenizer tokenizer)
            throws FormatException {
        super(folder.toString(), config, shards.stream().map(Checkpoint::file).toList(), tensors(config, shards),
                PyTorchModel.notes(shards));
        this.folder = folder;
        this.shards = List.copyOf(shards);
        this.tokenizer = tokenizer;
    }

    private static List<ModelTensor> tensors(ModelConfig config, List<Checkpoint> shards) throws FormatException {
        List<Map<String, CheckpointTensor>> byName = new ArrayList<>();
        Set<String> names = new TreeSet<>();
        for (Checkpoint shard : shards) {
            Map<String, CheckpointTensor> tensors = new HashMap<>();
            shard.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
            names.addAll(tensors.keySet());
            byName.add(tensors);
        }
        for (String name : names) {
            for (int part = 0; part < shards.size(); part++) {
                if (!byName.get(part).containsKey(name)) {
                    throw new FormatException(shards.get(part).file().name(), name,
                            "is missing here, but is in another file of the model");
                }
            }
        }
        List<ModelTensor> tensors = new ArrayList<>();
        for (CheckpointTensor first : shards.getFirst().tensors()) {
            tensors.add(tensor(config, shards, byName.stream().map(each -> each.get(first.name())).toList()));
        }
        return tensors;
    }

    /** @param parts the tensor in each shard */
    private static ModelTensor tensor(ModelConfig config, List<Checkpoint> shards, List<CheckpointTensor> parts)
            throws FormatException {
        CheckpointTensor first = parts.getFirst();
        List<Long> shape = first.view().shape();
        int axis = shards.size() == 1 ? WHOLE : axis(config, shards, first);
        List<Long> whole = axis == WHOLE ? shape : joined(shards, parts, axis);
        if (axis == WHOLE) {
            requireAlike(shards, parts);
        }
        List<TensorValues> values = new ArrayList<>();
        List<Piece> pieces = new ArrayList<>();
        for (int part = 0; part < (axis == WHOLE ? 1 : parts.size()); part++) {
            values.add(PyTorchModel.values(shards.get(part), parts.get(part)));
            pieces.add(PyTorchModel.piece(part, parts.get(part)));
        }
        TensorValues all = values.size() == 1
                ? values.getFirst()
                : new JoinedValues(values, parts.stream().map(part -> part.view().shape()).toList(), axis > 0);
        long elements = pieces.stream().mapToLong(piece -> piece.view().elements()).sum();
        TensorInfo info = new TensorInfo(first.name(), SafetensorsModel.dims(whole), first.type(), 0, -1,
                first.type().bytes(elements));
        return new ModelTensor(info, whole, all, pieces, new Shards(axis, shape));
    }

    /** Which dimension of a tensor is split. The embedding was split by width first, since Llama 3 by vocabulary. */
    private static int axis(ModelConfig config, List<Checkpoint> shards, CheckpointTensor tensor)
            throws FormatException {
        List<Long> shape = tensor.view().shape();
        String[] parts = tensor.name().split("\\.");
        String role = parts.length < 2 ? tensor.name() : parts[parts.length - 2];
        if (shape.size() < 2) {
            return WHOLE;
        }
        if (BY_ROWS.contains(role)) {
            return 0;
        }
        if (BY_COLUMNS.contains(role)) {
            return 1;
        }
        if (role.equals(EMBEDDING)) {
            return shape.getLast() == config.get(Hyperparameter.EMBEDDING, 0) ? 0 : 1;
        }
        throw new FormatException(shards.getFirst().file().name(), tensor.name(),
                "is a matrix of which it is not known how it is split over " + shards.size() + " files");
    }

    private static List<Long> joined(List<Checkpoint> shards, List<CheckpointTensor> parts, int axis)
            throws FormatException {
        List<Long> shape = new ArrayList<>(parts.getFirst().view().shape());
        for (int part = 1; part < parts.size(); part++) {
            List<Long> other = new ArrayList<>(parts.get(part).view().shape());
            boolean sameRank = other.size() == shape.size();
            long more = sameRank ? other.set(axis, shape.get(axis)) : 0;
            if (!sameRank || !other.equals(shape) || parts.get(part).type() != parts.getFirst().type()) {
                throw new FormatException(shards.get(part).file().name(), parts.get(part).name(),
                        "is " + parts.get(part).type() + " " + parts.get(part).view().shape()
                                + ", which does not join the "
                                + parts.getFirst().type() + " " + parts.getFirst().view().shape() + " of "
                                + shards.getFirst().file().name());
            }
            shape.set(axis, shape.get(axis) + more);
        }
        return List.copyOf(shape);
    }

    private static void requireAlike(List<Checkpoint> shards, List<CheckpointTensor> parts) throws FormatException {
        CheckpointTensor first = parts.getFirst();
        for (int part = 1; part < parts.size(); part++) {
            CheckpointTensor other = parts.get(part);
            if (!other.view().shape().equals(first.view().shape()) || other.type() != first.type()) {
                throw new FormatException(shards.get(part).file().name(), other.name(),
                        "is " + other.type() + " " + other.view().shape() + ", but " + first.type() + " "
                                + first.view().shape() + " in " + shards.getFirst().file().name()
                                + "; every file should have all of it");
            }
        }
    }

    @Override
    public String container() {
        return "PyTorch (Meta)";
    }

    /** The tokenizer beside the checkpoints; null if there is none. */
    public MetaTokenizer tokenizer() {
        return tokenizer;
    }

    /** Names of tensors that are not of the model. */
    public List<String> outside() {
        return shards.stream().flatMap(each -> each.outside().stream()).toList();
    }

    @Override
    public List<String> code() {
        return shards.stream().flatMap(each -> each.code().stream()).distinct().toList();
    }

    @Override
    public List<String> verify(LongConsumer progress) throws IOException {
        if (Checklist.isIn(folder)) {
            return Checklist.wrong(folder, progress);
        }
        List<String> wrong = new ArrayList<>(List.of(Checklist.absent(folder)));
        for (Checkpoint shard : shards) {
            for (String entry : Checkpoints.damaged(shard, progress)) {
                wrong.add(shard.file().name() + ": zip entry '" + entry + "': its checksum is wrong");
            }
        }
        return wrong;
    }
}
