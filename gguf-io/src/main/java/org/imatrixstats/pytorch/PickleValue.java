package org.imatrixstats.pytorch;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * What a pickle describes. Every value is inert: a function is its name, a call is the name and the arguments. Nothing is
 * ever looked up, loaded or called.
 *
 * <p>Values may contain themselves, so they have no recursive equals, hashCode or toString.
 */
sealed interface PickleValue {
    /** {@code None}. */
    record None() implements PickleValue {
        static final None NONE = new None();
    }

    record Bool(boolean value) implements PickleValue {
        static final Bool TRUE = new Bool(true);
        static final Bool FALSE = new Bool(false);
    }

    record Int(long value) implements PickleValue {
    }

    /** An integer that 64 bits do not hold. */
    record BigInt(BigInteger value) implements PickleValue {
    }

    record Real(double value) implements PickleValue {
    }

    record Text(String value) implements PickleValue {
    }

    /** A byte string; what is in it is of no interest. */
    record Bytes(long length) implements PickleValue {
    }

    /** The name of a class or function: {@code torch._utils} and {@code _rebuild_tensor_v2}. */
    record Global(String module, String name) implements PickleValue {
        String qualified() {
            return module + "." + name;
        }
    }

    /** A tuple, list or set. */
    final class Items implements PickleValue {
        enum Kind {
            TUPLE, LIST, SET
        }

        private final Kind kind;
        private List<PickleValue> values;

        Items(Kind kind, List<PickleValue> values) {
            this.kind = kind;
            this.values = values;
        }

        Kind kind() {
            return kind;
        }

        List<PickleValue> values() {
            return values;
        }

        void add(PickleValue value) {
            values = values.isEmpty() ? new ArrayList<>(4) : values;
            values.add(value);
        }
    }

    /** A dictionary; keys may be there twice, since nothing is compared. */
    final class Dict implements PickleValue {
        private final List<PickleValue> keys = new ArrayList<>(4);
        private final List<PickleValue> values = new ArrayList<>(4);

        void put(PickleValue key, PickleValue value) {
            keys.add(key);
            values.add(value);
        }

        int size() {
            return keys.size();
        }

        PickleValue key(int i) {
            return keys.get(i);
        }

        PickleValue value(int i) {
            return values.get(i);
        }
    }

    /**
     * An object that code would have made: what was called and with what, and what was then put into it. Also an
     * {@code OrderedDict}, which PyTorch makes by a call.
     */
    final class Call implements PickleValue {
        private final PickleValue callee;
        private final List<PickleValue> arguments;
        private final Dict entries = new Dict();
        private PickleValue state = None.NONE;

        Call(PickleValue callee, List<PickleValue> arguments) {
            this.callee = callee;
            this.arguments = arguments;
        }

        PickleValue callee() {
            return callee;
        }

        List<PickleValue> arguments() {
            return arguments;
        }

        /** What was set by keys; values of a list that was appended to have {@code None} for a key. */
        Dict entries() {
            return entries;
        }

        /** The argument of BUILD: the attributes of the object. */
        PickleValue state() {
            return state;
        }

        void state(PickleValue newState) {
            state = newState;
        }
    }

    /** What a persistent id stands for. */
    record Storage(StorageRef ref) implements PickleValue {
    }

    record Tensor(TensorRef ref) implements PickleValue {
    }
}
