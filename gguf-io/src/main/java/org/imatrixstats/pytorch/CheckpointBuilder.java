package org.imatrixstats.pytorch;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.pytorch.Checkpoint.Layout;

/** Puts a checkpoint together from its pickle and its storages; what both layouts have in common. */
final class CheckpointBuilder {
    /** Finds the bytes of a storage. */
    @FunctionalInterface
    interface Storages {
        /** @throws FormatException if there is no such storage, or it has another size */
        CheckpointStorage find(StorageRef storage) throws FormatException;
    }

    private static final int MOST_NOTES = 20;

    private final ByteSource file;
    private final SequencedSet<String> code = new LinkedHashSet<>();
    private final SequencedSet<String> foreign = new LinkedHashSet<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, CheckpointStorage> storages = new HashMap<>();

    CheckpointBuilder(ByteSource file) {
        this.file = file;
    }

    Unpickler unpickler(PickleInput input, TensorBuilder tensors) {
        return new Unpickler(input, tensors, code, foreign);
    }

    /** Names of code, for messages. */
    SequencedSet<String> code() {
        return code;
    }

    void note(String note) {
        if (notes.size() <= MOST_NOTES) {
            notes.add(notes.size() < MOST_NOTES ? note : "and more like these");
        }
    }

    Checkpoint build(Layout layout, ByteOrder order, PickleValue top, String key, Storages source)
            throws FormatException {
        TensorFinder finder = new TensorFinder(file.name());
        finder.search(top);
        String container = key == null ? finder.container() : key;
        SequencedMap<String, TensorRef> found = finder.under(container);
        if (key != null && found.isEmpty()) {
            throw new FormatException(file.name(), "holds no tensors under the key '" + key + "'");
        }
        finder.unlisted().forEach(this::note);
        List<CheckpointTensor> tensors = new ArrayList<>();
        for (Map.Entry<String, TensorRef> each : found.entrySet()) {
            TensorRef tensor = each.getValue();
            tensors.add(new CheckpointTensor(each.getKey(), tensor.type(), tensor.view(),
                    storage(each.getKey(), tensor.storage(), source)));
        }
        return new Checkpoint(file, layout, order, container, List.copyOf(tensors), finder.outside(container),
                List.copyOf(code), List.copyOf(foreign), List.copyOf(notes));
    }

    private CheckpointStorage storage(String tensor, StorageRef ref, Storages source) throws FormatException {
        CheckpointStorage known = storages.get(ref.root());
        if (known == null) {
            known = source.find(ref);
            storages.put(ref.root(), known);
        }
        long bytes = ref.type().bytes(ref.rootElements());
        if (bytes != known.data().size()) {
            throw new FormatException(file.name(), tensor, "storage '" + ref.root() + "' has " + known.data().size()
                    + " bytes, the tensor expects " + ref.rootElements() + " elements of " + ref.type() + " = " + bytes
                    + " bytes");
        }
        if (ref.type() != known.type()) {
            note("tensor '" + tensor + "': its storage '" + ref.root() + "' has the type " + known.type()
                    + " elsewhere, here " + ref.type());
        }
        return known;
    }
}
