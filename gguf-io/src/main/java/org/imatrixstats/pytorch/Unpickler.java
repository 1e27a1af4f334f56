package org.imatrixstats.pytorch;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.pytorch.PickleValue.BigInt;
import org.imatrixstats.pytorch.PickleValue.Bool;
import org.imatrixstats.pytorch.PickleValue.Bytes;
import org.imatrixstats.pytorch.PickleValue.Call;
import org.imatrixstats.pytorch.PickleValue.Dict;
import org.imatrixstats.pytorch.PickleValue.Global;
import org.imatrixstats.pytorch.PickleValue.Int;
import org.imatrixstats.pytorch.PickleValue.Items;
import org.imatrixstats.pytorch.PickleValue.None;
import org.imatrixstats.pytorch.PickleValue.Real;
import org.imatrixstats.pytorch.PickleValue.Text;

/**
 * Reads a pickle into inert values: nothing that it names is looked up, loaded or called. It knows the opcodes that
 * PyTorch writes in protocols 2 to 5, and no others.
 *
 * <p>What opcodes do: <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">pickletools.py</a>.
 */
final class Unpickler {
    private static final int MAX_PROTOCOL = 5;
    private static final int MAX_STACK = 1 << 20;
    private static final int MAX_MARKS = 1 << 12;
    private static final int MAX_NAME = 1 << 10;
    private static final int MAX_TEXT = 1 << 20;
    private static final int MAX_INTEGER_BYTES = 255;
    private static final int MAX_NAMES = 1 << 10;

    private static final Int[] SMALL = new Int[1 << 10];
    static {
        for (int i = 0; i < SMALL.length; i++) {
            SMALL[i] = new Int(i);
        }
    }

    private final PickleInput input;
    private final TensorBuilder tensors;
    /** Names that are not {@link KnownName}s: they run code where the pickle is loaded. */
    private final SequencedSet<String> code;
    /** Names of harmless classes that have nothing to do with tensors. */
    private final SequencedSet<String> foreign;
    private final List<PickleValue> stack = new ArrayList<>();
    /** Heights of the stack at the open marks. */
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, PickleValue> memo = new HashMap<>();
    /** Bytes of heap that values may still take, roughly. */
    private long budget = Math.max(24L << 20, Runtime.getRuntime().maxMemory() / 4);
    private long opcodeAt;

    Unpickler(PickleInput input, TensorBuilder tensors, SequencedSet<String> code, SequencedSet<String> foreign) {
        this.input = input;
        this.tensors = tensors;
        this.code = code;
        this.foreign = foreign;
    }

    /** Reads one pickle up to its end, and no further. */
    PickleValue load() throws FormatException {
        while (true) {
            opcodeAt = input.position();
            int opcode = input.u8("an opcode");
            if (opcode == '.') {
                PickleValue result = pop();
                return result;
            }
            execute(opcode);
            if (stack.size() > MAX_STACK) {
                throw fail("the pickle piles up more than " + MAX_STACK + " values");
            }
        }
    }

    private void execute(int opcode) throws FormatException {
        switch (opcode) {
            case 0x80 -> protocol();
            case 0x95 -> input.integer(8, "the length of a frame");
            case '(' -> mark();
            case '0' -> pop();
            case '1' -> popMark();
            case '2' -> push(top());

            case 'N' -> push(None.NONE);
            case 0x88 -> push(Bool.TRUE);
            case 0x89 -> push(Bool.FALSE);
            case 'J' -> push(whole((int) input.integer(4, "an integer")));
            case 'K' -> push(whole(input.u8("an integer")));
            case 'M' -> push(whole(input.integer(2, "an integer")));
            case 0x8a -> push(longInteger(input.u8("the length of an integer")));
            case 0x8b -> push(longInteger((int) input.integer(4, "the length of an integer")));
            case 'G' ->
                push(new Real(Double.longBitsToDouble(Long.reverseBytes(input.integer(8, "a number")))));
            case 'X' -> push(text(input.integer(4, "the length of a text") & 0xffffffffL));
            case 0x8c -> push(text(input.u8("the length of a text")));
            case 0x8d -> push(text(input.integer(8, "the length of a text")));
            case 'U' -> push(text(input.u8("the length of a text")));
            case 'T' -> push(text((int) input.integer(4, "the length of a text")));
            case 'C' -> push(bytes(input.u8("the length of a byte string")));
            case 'B' -> push(bytes(input.integer(4, "the length of a byte string") & 0xffffffffL));
            case 0x8e -> push(bytes(input.integer(8, "the length of a byte string")));

            case ')' -> push(items(Items.Kind.TUPLE, List.of()));
            case 't' -> push(items(Items.Kind.TUPLE, popMark()));
            case 0x85 -> push(items(Items.Kind.TUPLE, pop(1)));
            case 0x86 -> push(items(Items.Kind.TUPLE, pop(2)));
            case 0x87 -> push(items(Items.Kind.TUPLE, pop(3)));
            case ']' -> push(items(Items.Kind.LIST, List.of()));
            case 'l' -> push(items(Items.Kind.LIST, popMark()));
            case 0x8f -> push(items(Items.Kind.SET, List.of()));
            case 0x91 -> push(items(Items.Kind.SET, popMark()));
            case '}' -> push(spent(new Dict(), 160));
            case 'd' -> dictionary(popMark());
            case 'a' -> append(pop(1));
            case 'e', 0x90 -> append(popMark());
            case 's' -> set(pop(2));
            case 'u' -> set(popMark());

            case 'h' -> push(remembered(input.u8("a memo number")));
            case 'j' -> push(remembered(input.integer(4, "a memo number") & 0xffffffffL));
            case 'q' -> remember(input.u8("a memo number"));
            case 'r' -> remember(input.integer(4, "a memo number") & 0xffffffffL);
            case 0x94 -> remember(memo.size());

            case 'c' -> push(global(line("a module name"), line("a name")));
            case 0x93 -> stackGlobal();
            case 'R' -> reduce();
            case 0x81 -> newObject(pop(2));
            case 0x92 -> newObject(pop(3));
            case 'i' -> instance(global(line("a module name"), line("a name")), popMark());
            case 'o' -> object(popMark());
            case 'b' -> build();
            case 'Q' -> push(persistent());
            default -> throw fail("opcode " + name(opcode) + " is not one that PyTorch writes");
        }
    }

    private static String name(int opcode) {
        return "0x" + Integer.toHexString(opcode) + (opcode > ' ' && opcode < 0x7f ? " '" + (char) opcode + "'" : "");
    }

    /** An error of the opcode that is being executed; it names code that was seen before. */
    private FormatException fail(String reason) {
        return input.failAt(opcodeAt, reason
                + (code.isEmpty() ? "" : "; the pickle names code that loading it would run: " + shown(code)));
    }

    /** A few names. */
    static String shown(SequencedSet<String> names) {
        List<String> first = names.stream().limit(5).toList();
        return String.join(", ", first) + (names.size() > first.size() ? ", …" : "");
    }

    // ---- stack and memo

    private void push(PickleValue value) {
        stack.add(value);
    }

    private void requireValues(int count) throws FormatException {
        int bottom = marks.isEmpty() ? 0 : marks.getLast();
        if (stack.size() - bottom < count) {
            throw fail("the opcode needs " + count + (count == 1 ? " value" : " values") + " on the stack, "
                    + (stack.size() - bottom) + " are there");
        }
    }

    private PickleValue pop() throws FormatException {
        requireValues(1);
        return stack.removeLast();
    }

    private PickleValue top() throws FormatException {
        requireValues(1);
        return stack.getLast();
    }

    private List<PickleValue> pop(int count) throws FormatException {
        requireValues(count);
        return popFrom(stack.size() - count);
    }

    private List<PickleValue> popMark() throws FormatException {
        if (marks.isEmpty()) {
            throw fail("the opcode needs a mark on the stack, and there is none");
        }
        return popFrom(marks.removeLast());
    }

    private List<PickleValue> popFrom(int start) {
        List<PickleValue> tail = stack.subList(start, stack.size());
        List<PickleValue> values = new ArrayList<>(tail);
        tail.clear();
        return values;
    }

    private void mark() throws FormatException {
        if (marks.size() == MAX_MARKS) {
            throw fail("more than " + MAX_MARKS + " marks are open");
        }
        marks.add(stack.size());
    }

    private <T extends PickleValue> T spent(T value, long bytes) throws FormatException {
        budget -= bytes;
        if (budget < 0) {
            throw fail("the pickle describes more values than a checkpoint of this memory may have"
                    + " (JAVA_TOOL_OPTIONS=-Xmx4g allows more)");
        }
        return value;
    }

    private void remember(long number) throws FormatException {
        memo.put(number, spent(top(), 64));
    }

    private PickleValue remembered(long number) throws FormatException {
        PickleValue value = memo.get(number);
        if (value == null) {
            throw fail("memo number " + number + " was never set");
        }
        return value;
    }

    // ---- values

    private void protocol() throws FormatException {
        int protocol = input.u8("the protocol");
        if (protocol > MAX_PROTOCOL) {
            throw fail("pickle protocol " + protocol + ", expected at most " + MAX_PROTOCOL);
        }
    }

    private PickleValue whole(long value) throws FormatException {
        return value >= 0 && value < SMALL.length ? SMALL[(int) value] : spent(new Int(value), 24);
    }

    private PickleValue longInteger(int bytes) throws FormatException {
        if (bytes < 0 || bytes > MAX_INTEGER_BYTES) {
            throw fail("an integer of " + bytes + " bytes, expected at most " + MAX_INTEGER_BYTES);
        }
        BigInteger value = bytes == 0 ? BigInteger.ZERO : new BigInteger(input.reversed(bytes, "an integer"));
        return value.bitLength() < Long.SIZE ? whole(value.longValue()) : spent(new BigInt(value), 400);
    }

    private PickleValue text(long length) throws FormatException {
        String text = input.utf8(length, MAX_TEXT, "a text");
        return spent(new Text(text), 64 + text.length());
    }

    private PickleValue bytes(long length) throws FormatException {
        input.skip(length, "a byte string");
        return spent(new Bytes(length), 24);
    }

    private PickleValue items(Items.Kind kind, List<PickleValue> values) throws FormatException {
        return spent(new Items(kind, values), 64 + 8L * values.size());
    }

    private String line(String of) throws FormatException {
        return input.line(MAX_NAME, of);
    }

    private void dictionary(List<PickleValue> pairs) throws FormatException {
        push(spent(new Dict(), 160));
        set(pairs);
    }

    private void append(List<PickleValue> values) throws FormatException {
        switch (top()) {
            case Items items when items.kind() != Items.Kind.TUPLE -> {
                for (PickleValue value : values) {
                    items.add(spent(value, items.values().isEmpty() ? 56 : 8));
                }
            }
            case Call call -> {
                for (PickleValue value : values) {
                    call.entries().put(None.NONE, spent(value, 32));
                }
            }
            default -> throw fail("values are appended to something that is not a list");
        }
    }

    private void set(List<PickleValue> pairs) throws FormatException {
        if (pairs.size() % 2 != 0) {
            throw fail("entries of a dictionary need as many values as keys, " + pairs.size() + " are there");
        }
        Dict dictionary = switch (top()) {
            case Dict dict -> dict;
            case Call call -> call.entries();
            default -> throw fail("entries are set in something that is not a dictionary");
        };
        for (int i = 0; i < pairs.size(); i += 2) {
            dictionary.put(pairs.get(i), spent(pairs.get(i + 1), 32));
        }
    }

    // ---- names and calls

    private Global global(String module, String name) throws FormatException {
        Global global = spent(new Global(module, name), 64 + module.length() + name.length());
        SequencedSet<String> noted = switch (KnownName.of(global)) {
            case null -> code;
            case KnownName.Foreign _ -> foreign;
            default -> null;
        };
        if (noted != null) {
            noted.add(global.qualified());
            if (noted.size() > MAX_NAMES) {
                throw fail("the pickle names more than " + MAX_NAMES + " foreign classes");
            }
        }
        return global;
    }

    private void stackGlobal() throws FormatException {
        List<PickleValue> names = pop(2);
        if (!(names.get(0) instanceof Text(var module) && names.get(1) instanceof Text(var name))) {
            throw fail("a name is not a text");
        }
        push(global(module, name));
    }

    private Call call(PickleValue callee, List<PickleValue> arguments) throws FormatException {
        return spent(new Call(callee, arguments), 250);
    }

    private void reduce() throws FormatException {
        List<PickleValue> both = pop(2);
        if (!(both.get(1) instanceof Items arguments && arguments.kind() == Items.Kind.TUPLE)) {
            throw fail("the arguments of a call are not a tuple");
        }
        PickleValue callee = both.get(0);
        push(callee instanceof Global global && KnownName.of(global) instanceof KnownName.Rebuild rebuild
                ? rebuilt(global, rebuild, arguments.values())
                : call(callee, arguments.values()));
    }

    private PickleValue rebuilt(Global function, KnownName.Rebuild rebuild, List<PickleValue> arguments)
            throws FormatException {
        try {
            PickleValue tensor = tensors.rebuild(rebuild, arguments);
            return tensor == null ? call(function, arguments) : spent(tensor, 300);
        } catch (TensorBuilder.WrongException e) {
            String name = !stack.isEmpty() && stack.getLast() instanceof Text(var key) ? "tensor '" + key + "': " : "";
            throw fail(name + function.name() + ": " + e.getMessage());
        }
    }

    private void newObject(List<PickleValue> parts) throws FormatException {
        if (!(parts.get(1) instanceof Items arguments)) {
            throw fail("the arguments of a class are not a tuple");
        }
        push(call(parts.get(0), arguments.values()));
    }

    private void instance(Global type, List<PickleValue> arguments) throws FormatException {
        push(call(type, arguments));
    }

    private void object(List<PickleValue> parts) throws FormatException {
        if (parts.isEmpty()) {
            throw fail("an object without a class");
        }
        push(call(parts.getFirst(), parts.subList(1, parts.size())));
    }

    private void build() throws FormatException {
        PickleValue state = pop();
        switch (top()) {
            case Call call -> call.state(state);
            case PickleValue.Tensor _, Dict _, Items _ -> {
                // Attributes of a tensor: not of interest.
            }
            default -> throw fail("attributes are set in something that is not an object");
        }
    }

    private PickleValue persistent() throws FormatException {
        try {
            return spent(tensors.persistent(pop()), 120);
        } catch (TensorBuilder.WrongException e) {
            throw fail("a persistent id: " + e.getMessage());
        }
    }
}
