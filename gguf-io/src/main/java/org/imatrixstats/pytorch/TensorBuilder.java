package org.imatrixstats.pytorch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.imatrixstats.pytorch.PickleValue.Call;
import org.imatrixstats.pytorch.PickleValue.Global;
import org.imatrixstats.pytorch.PickleValue.Int;
import org.imatrixstats.pytorch.PickleValue.Items;
import org.imatrixstats.pytorch.PickleValue.None;
import org.imatrixstats.pytorch.PickleValue.Storage;
import org.imatrixstats.pytorch.PickleValue.Tensor;
import org.imatrixstats.pytorch.PickleValue.Text;
import org.imatrixstats.tensor.DType;
import org.imatrixstats.tensor.View;

/** Makes descriptions of storages and tensors of what a pickle says, and checks them. */
final class TensorBuilder {
    /** PyTorch's own limit. */
    private static final int MAX_DIMS = 64;
    private static final int MAX_KEY = 255;

    /** What the pickle says makes no sense. */
    static final class WrongException extends Exception {
        private static final long serialVersionUID = 1L;

        WrongException(String reason) {
            super(reason, null, false, false);
        }
    }

    /** The storages that were named, by the keys of their roots; null in the layout since PyTorch 1.6. */
    private final Map<String, StorageRef> named;

    /** For the layout since PyTorch 1.6. */
    TensorBuilder() {
        this(null);
    }

    /** @param named receives the storages by the keys of their roots: the layout before PyTorch 1.6 needs them */
    TensorBuilder(Map<String, StorageRef> named) {
        this.named = named;
    }

    // ---- storages

    /** What a persistent id stands for: {@code ("storage", class, key, location, elements)}, and in the older layout a view. */
    PickleValue persistent(PickleValue id) throws WrongException {
        if (!(id instanceof Items tuple && tuple.kind() == Items.Kind.TUPLE && !tuple.values().isEmpty()
                && tuple.values().getFirst() instanceof Text(var kind))) {
            throw new WrongException("expected a tuple that starts with 'storage'");
        }
        List<PickleValue> parts = tuple.values();
        if (kind.equals("module") && named != null && parts.size() > 1) {
            return parts.get(1);
        }
        if (!kind.equals("storage")) {
            throw new WrongException("the kind '" + kind + "', expected 'storage'");
        }
        if (parts.size() < 5) {
            throw new WrongException(parts.size() + " items, expected 5: kind, class, key, location, elements");
        }
        DType type = parts.get(1) instanceof Global global
                && KnownName.of(global) instanceof KnownName.StorageClass(var of) ? of : null;
        if (type == null) {
            throw new WrongException("unknown class of storage"
                    + (parts.get(1) instanceof Global global ? " " + global.qualified() : ""));
        }
        String key = key(parts.get(2));
        String location = parts.get(3) instanceof Text(var place) ? place : "";
        long elements = count(parts.get(4), "storage '" + key + "': number of elements");
        bytes(type, elements, "storage '" + key + "'");
        PickleValue part = parts.size() > 5 ? parts.get(5) : None.NONE;
        if (named == null || part instanceof None) {
            return storage(new StorageRef(key, type, elements, location, key, 0, elements));
        }
        if (!(part instanceof Items view && view.values().size() == 3)) {
            throw new WrongException("storage '" + key + "': the part is not (key, offset, size)");
        }
        long start = count(view.values().get(1), "storage '" + key + "': offset of the part");
        long size = count(view.values().get(2), "storage '" + key + "': size of the part");
        if (start > elements || size > elements - start) {
            throw new WrongException("storage '" + key + "': the part at " + start + " of " + size
                    + " elements ends beyond the " + elements + " of the whole");
        }
        return storage(new StorageRef(key(view.values().get(0)), type, size, location, key, start, elements));
    }

    private Storage storage(StorageRef ref) {
        if (named != null) {
            named.putIfAbsent(ref.root(), ref);
        }
        return new Storage(ref);
    }

    /** The key is a part of the name of an entry. */
    private static String key(PickleValue value) throws WrongException {
        String key = switch (value) {
            case Text(var text) -> text;
            case Int(var number) -> Long.toString(number);
            default -> throw new WrongException("the key of a storage is not a text");
        };
        if (key.isEmpty() || key.length() > MAX_KEY || key.equals(".") || key.equals("..")
                || key.chars().anyMatch(c -> c == '/' || c == '\\' || c < ' ')) {
            throw new WrongException("the key of a storage is '" + key + "', which is not a name within the file");
        }
        return key;
    }

    private static long count(PickleValue value, String what) throws WrongException {
        if (!(value instanceof Int(var number))) {
            throw new WrongException(what + " is not a whole number of 63 bits");
        }
        if (number < 0) {
            throw new WrongException(what + " is " + number + ", expected 0 or more");
        }
        return number;
    }

    private static long bytes(DType type, long elements, String what) throws WrongException {
        try {
            return type.bytes(elements);
        } catch (ArithmeticException e) {
            throw new WrongException(what + ": the bytes of " + elements + " elements do not fit 63 bits");
        }
    }

    // ---- tensors

    /**
     * The tensor that a call describes.
     *
     * @return null if it is of a kind that is not on a plain storage
     */
    PickleValue rebuild(KnownName.Rebuild function, List<PickleValue> arguments) throws WrongException {
        return switch (function) {
            case TENSOR, TENSOR_V2, QUANTIZED_TENSOR -> tensor(arguments, null);
            case TENSOR_V3 -> {
                require(arguments, 7);
                DType type = arguments.get(6) instanceof Global global
                        && KnownName.of(global) instanceof KnownName.TypeName(var of) ? of : null;
                if (type == null) {
                    throw new WrongException("unknown type of elements"
                            + (arguments.get(6) instanceof Global global ? " " + global.qualified() : ""));
                }
                yield tensor(arguments, type);
            }
            case PARAMETER -> {
                require(arguments, 1);
                yield arguments.getFirst() instanceof Tensor tensor ? tensor : null;
            }
            case FROM_TYPE -> {
                require(arguments, 3);
                yield arguments.get(0) instanceof Global global
                        && KnownName.of(global) instanceof KnownName.Rebuild inner
                        && inner != KnownName.Rebuild.FROM_TYPE && arguments.get(2) instanceof Items innerArguments
                                ? rebuild(inner, innerArguments.values())
                                : null;
            }
            case OTHER -> null;
        };
    }

    private static void require(List<PickleValue> arguments, int count) throws WrongException {
        if (arguments.size() < count) {
            throw new WrongException(arguments.size() + (arguments.size() == 1 ? " argument" : " arguments")
                    + ", expected " + count + " or more");
        }
    }

    /** @param given the type of the elements if it is not that of the storage */
    private static PickleValue tensor(List<PickleValue> arguments, DType given) throws WrongException {
        require(arguments, 4);
        if (!(arguments.get(0) instanceof Storage(var storage))) {
            throw new WrongException("the first argument is not a storage");
        }
        long offset = count(arguments.get(1), "offset");
        List<Long> shape = counts(arguments.get(2), "size");
        List<Long> strides = counts(arguments.get(3), "stride");
        if (shape.size() != strides.size()) {
            throw new WrongException("size " + shape + " has " + shape.size() + " dimensions, stride " + strides + " "
                    + strides.size());
        }
        DType type = given == null ? storage.type() : given;
        View view = new View(offset, shape, strides);
        long end;
        try {
            type.bytes(view.elements());
            end = view.end();
        } catch (ArithmeticException e) {
            throw new WrongException("size " + shape + " with stride " + strides + " does not fit 63 bits");
        }
        long elements = storage.type().bytes(storage.elements()) / type.bytesPerBlock();
        if (end > elements) {
            throw new WrongException("offset " + offset + ", size " + shape + " and stride " + strides
                    + " end at element " + end + ", but storage '" + storage.key() + "' has " + elements);
        }
        View inRoot = new View(storage.start() + offset, shape, strides);
        return new Tensor(new TensorRef(storage, type, inRoot));
    }

    private static List<Long> counts(PickleValue value, String what) throws WrongException {
        PickleValue given = value instanceof Call call && call.arguments().size() == 1
                ? call.arguments().getFirst()
                : value;
        if (!(given instanceof Items items) || items.kind() == Items.Kind.SET) {
            throw new WrongException(what + " is not a tuple");
        }
        if (items.values().size() > MAX_DIMS) {
            throw new WrongException(what + " has " + items.values().size() + " dimensions, expected at most "
                    + MAX_DIMS);
        }
        List<Long> counts = new ArrayList<>(items.values().size());
        for (PickleValue item : items.values()) {
            counts.add(count(item, what));
        }
        return counts;
    }
}
