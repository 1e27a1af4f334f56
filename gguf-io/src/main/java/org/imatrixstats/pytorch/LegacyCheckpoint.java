package org.imatrixstats.pytorch;

import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

import org.imatrixstats.io.ByteCursor;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.RangeStream;
import org.imatrixstats.io.SliceSource;
import org.imatrixstats.pytorch.PickleValue.Dict;
import org.imatrixstats.pytorch.PickleValue.Int;
import org.imatrixstats.pytorch.PickleValue.Items;
import org.imatrixstats.pytorch.PickleValue.Text;

/**
 * The layout before PyTorch 1.6: pickles one after the other, then the data.
 *
 * <pre>
 * pickle   0x1950a86a20f9469cfc6c
 * pickle   1001, the protocol
 * pickle   a dictionary: "protocol_version", "little_endian", "type_sizes"
 * pickle   the object; its persistent ids name storages by their keys
 * pickle   a list of the keys, in the order of the data
 * data     per key: int64 elements; the elements
 * </pre>
 */
final class LegacyCheckpoint {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final int PROTOCOL = 1001;
    private static final long MAX_PICKLES = 1 << 26;

    private final ByteSource file;
    private final CheckpointBuilder builder;
    private final Map<String, StorageRef> named = new HashMap<>();

    LegacyCheckpoint(ByteSource file) {
        this.file = file;
        this.builder = new CheckpointBuilder(file);
    }

    /** Any pickle of protocol 2 to 5 starts so. */
    static boolean hasMagic(ByteSource file) throws FormatException {
        for (byte protocol = 2; protocol <= 5; protocol++) {
            if (Magic.isAt(file, 0, (byte) 0x80, protocol)) {
                return true;
            }
        }
        return false;
    }

    private FormatException fail(String reason) {
        return new FormatException(file.name(), reason + (builder.code().isEmpty()
                ? ""
                : "; it names code that loading it would run: " + Unpickler.shown(builder.code())));
    }

    Checkpoint read(String key) throws FormatException {
        long length = Math.min(file.size(), MAX_PICKLES);
        PickleInput input = new PickleInput(file.name(), "", 0, new RangeStream(file, 0, length), length);
        TensorBuilder tensors = new TensorBuilder(named);
        if (!(next(input, tensors) instanceof PickleValue.BigInt(var magic)) || !magic.equals(MAGIC)) {
            throw fail("is a pickle, but not a PyTorch checkpoint");
        }
        if (!(next(input, tensors) instanceof Int(var protocol)) || protocol != PROTOCOL) {
            throw fail("is not of the protocol " + PROTOCOL + ", the only one of the older PyTorch layout");
        }
        ByteOrder order = order(next(input, tensors));
        PickleValue top = next(input, tensors);
        PickleValue keys = next(input, tensors);
        Map<String, CheckpointStorage> storages = storages(keys, input.position(), order);
        return builder.build(Checkpoint.Layout.LEGACY, order, top, key, storage -> {
            CheckpointStorage found = storages.get(storage.root());
            if (found == null) {
                throw fail("storage '" + storage.root() + "' is missing: it is not in the list of keys");
            }
            return found;
        });
    }

    private PickleValue next(PickleInput input, TensorBuilder tensors) throws FormatException {
        return builder.unpickler(input, tensors).load();
    }

    private ByteOrder order(PickleValue system) throws FormatException {
        if (system instanceof Dict dict) {
            for (int i = 0; i < dict.size(); i++) {
                if (dict.key(i) instanceof Text(var name) && name.equals("little_endian")) {
                    return dict.value(i) instanceof PickleValue.Bool(var little) && !little
                            ? ByteOrder.BIG_ENDIAN
                            : ByteOrder.LITTLE_ENDIAN;
                }
            }
        }
        throw fail("its third pickle does not say little_endian, expected a PyTorch checkpoint");
    }

    private Map<String, CheckpointStorage> storages(PickleValue keys, long position, ByteOrder order)
            throws FormatException {
        if (!(keys instanceof Items list)) {
            throw fail("its list of keys is missing");
        }
        Map<String, CheckpointStorage> storages = new HashMap<>();
        ByteCursor cursor = new ByteCursor(file);
        cursor.order(order);
        cursor.skip(position, "the pickles");
        for (PickleValue item : list.values()) {
            StorageRef ref = item instanceof Text(var key) ? named.get(key) : null;
            if (ref == null) {
                throw fail("its list of keys names a storage that no tensor has");
            }
            String what = "storage '" + ref.root() + "'";
            long start = cursor.position();
            long elements = cursor.int64(what);
            if (elements != ref.rootElements()) {
                throw cursor.failAt(start, what + " has " + elements + " elements, the pickle says "
                        + ref.rootElements());
            }
            long bytes = ref.type().bytes(elements);
            long data = cursor.position();
            cursor.skip(bytes, what);
            CheckpointStorage storage = new CheckpointStorage(ref.root(), ref.type(), elements, ref.location(),
                    new SliceSource(file, data, bytes), data);
            if (storages.putIfAbsent(ref.root(), storage) != null) {
                throw fail(what + " is there twice");
            }
        }
        return storages;
    }
}
