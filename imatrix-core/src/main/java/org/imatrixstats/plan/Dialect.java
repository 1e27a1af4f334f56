package org.imatrixstats.plan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.imatrixstats.ggml.Codec;
import org.imatrixstats.ggml.Codecs;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.ggml.Program;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixEntry;
import org.imatrixstats.imatrix.Remedy;
import org.imatrixstats.scan.Block;
import org.imatrixstats.scan.Partition;
import org.imatrixstats.tensor.TensorInfo;

/**
 * One of the two {@code llama-quantize}: the names of its types, how it reads and matches rules, what it never quantizes,
 * what it does with shapes that do not fit, and what it refuses.
 */
public abstract class Dialect {
    /** Positions and token types of BERT: no program quantizes them. */
    private static final Set<String> NEVER = Set.of("position_embd.weight", "token_types.weight");
    private static final String BY_FOUR_ROWS = "_r4";
    private static final List<List<String>> BASE_ALIASES = List.of(List.of("Q3_K", "Q3_K_M"),
            List.of("Q4_K", "Q4_K_M"), List.of("Q5_K", "Q5_K_M"));

    protected Dialect() {
    }

    /** {@code llama.cpp} or {@code ik_llama.cpp}. */
    public final String name() {
        return program().label();
    }

    /** The base types that it knows. */
    public final List<BaseType> bases() {
        return Arrays.stream(BaseType.values()).filter(base -> base.isIn(program())).toList();
    }

    /** Whether this is the name, in upper or lower case, of what is asked for in place of a base type to quantize nothing. */
    public static boolean isCopy(String base) {
        return base.equalsIgnoreCase("COPY");
    }

    /** The base type of this name, in upper or lower case, or number; Q3_K, Q4_K and Q5_K are their M mixes. */
    public final BaseType base(String given) throws RefusedException {
        String name = given.toUpperCase(Locale.ROOT);
        String full = BASE_ALIASES.stream().filter(alias -> alias.getFirst().equals(name)).map(List::getLast)
                .findFirst().orElse(name);
        List<BaseType> bases = bases();
        Optional<BaseType> known = bases.stream()
                .filter(base -> base.name().equals(full) || Integer.toString(base.number()).equals(full)).findFirst();
        if (isCopy(given)) {
            throw new RefusedException("COPY leaves all tensors as they are");
        }
        if (known.isEmpty() && PublisherLabel.nearest(name, bases).isPresent()) {
            throw new RefusedException(PublisherLabel.explanation(given, PublisherLabel.nearest(name, bases).get()));
        }
        if (known.isEmpty()) {
            Optional<Program> other = Arrays.stream(Program.values())
                    .filter(program -> program != program()
                            && Arrays.stream(BaseType.values()).anyMatch(
                                    base -> base.name().equals(full) && base.isIn(program)))
                    .findFirst();
            throw new RefusedException(name() + " has no base type " + RefusedException.quoted(given)
                    + other.map(program -> ", " + program.label() + " has it").orElse("")
                    + Nearest.suggestion(name, bases.stream().map(BaseType::name).toList()));
        }
        return known.get();
    }

    /** The types that it can quantize tensors to, in the order of their identifiers. */
    public final List<GgmlType> types() {
        return Arrays.stream(GgmlType.values()).filter(type -> knows(type) && type.isTarget()).toList();
    }

    private boolean knows(GgmlType type) {
        return type.isIn(program());
    }

    /** The types of which a recipe chooses where the user names none, the smallest first. */
    public abstract List<GgmlType> recipeTypes();

    /** Whether it stops at an option for some tensors that names a type it does not know; if not, it ignores the option. */
    public abstract boolean stopsAtUnknownType();

    /** The program, by which tensor types differ. */
    protected abstract Program program();

    /** The type that it takes where the blocks of this one do not divide the rows; null if it then refuses. */
    public final GgmlType fallback(GgmlType type) {
        return type.fallback(program());
    }

    /** How it encodes a type. */
    public final Codec codec(GgmlType type) {
        return Codecs.of(type, program());
    }

    /** The name of a type as rules must spell it. */
    public final String nameOf(GgmlType type) {
        return type.nameIn(program());
    }

    /**
     * The type of this name.
     *
     * @throws RefusedException if it knows none
     */
    public final GgmlType type(String given) throws RefusedException {
        for (GgmlType type : GgmlType.values()) {
            if (knows(type) && sameName(nameOf(type), given)) {
                return type;
            }
        }
        List<String> names = types().stream().map(this::nameOf).toList();
        boolean otherCase = names.stream().anyMatch(given::equalsIgnoreCase);
        throw new RefusedException("unknown type " + RefusedException.quoted(given)
                + (otherCase ? Nearest.suggestion(given, names) : whatElse(given, names)));
    }

    /** What a name that is none of a type of this program may be, and what to write instead. */
    private String whatElse(String given, List<String> names) {
        for (Program other : Program.values()) {
            for (GgmlType type : GgmlType.values()) {
                if (type.isIn(other) && type.isTarget() && type.nameIn(other).equalsIgnoreCase(given)) {
                    return ": it is one of " + other.label() + ", not of " + name() + ", where '" + ofSameSize(type)
                            + "' comes nearest in size";
                }
            }
        }
        Optional<BaseType> label = PublisherLabel.nearest(given.toUpperCase(Locale.ROOT), bases());
        if (label.isPresent()) {
            return PublisherLabel.reason(label.get()) + ", whose tensors are '" + nameOf(label.get().type()) + "'";
        }
        boolean isBase = Arrays.stream(BaseType.values()).anyMatch(base -> base.name().equalsIgnoreCase(given));
        return (isBase ? ": that is a base type, a mix of several" : "") + Nearest.suggestion(given, names);
    }

    /** The name of the type that comes nearest to another in bits per weight, among equals in name. */
    private String ofSameSize(GgmlType other) {
        double least = types().stream().mapToDouble(type -> difference(type, other)).min().orElseThrow();
        return Nearest.nearest(other.ggmlName(),
                types().stream().filter(type -> difference(type, other) == least).map(this::nameOf).toList());
    }

    private static double difference(GgmlType a, GgmlType b) {
        return Math.abs(a.bitsPerWeight() - b.bitsPerWeight());
    }

    /** Whether what a user wrote is the name of a type. */
    protected abstract boolean sameName(String name, String given);

    /**
     * The rules of one argument: of {@code --tensor-type} in llama.cpp, of {@code --custom-q} in ik_llama.cpp.
     *
     * @throws RefusedException if the program would not take it
     */
    public abstract List<Rule> rules(String argument) throws RefusedException;

    /** What to do where the first '=' was meant to be a part of the pattern. */
    protected static String lookAhead(String rule, int equals) {
        return rule.startsWith("(?=", equals - 2)
                ? "; the first '=' ends the pattern: (?=…) cannot be written, (?!…) can"
                : "";
    }

    /** A rule from its parts. */
    public final Rule rule(String pattern, GgmlType type) throws RefusedException {
        return new Rule(pattern + "=" + nameOf(type), compile(pattern), type);
    }

    /**
     * The pattern of a rule as the program reads it.
     *
     * @throws RefusedException if it is not a regular expression, or the program would not take it
     */
    protected abstract EcmaScriptPattern compile(String pattern) throws RefusedException;

    /** The tensors in the order in which the program takes them. */
    protected abstract List<TensorInfo> inOrder(List<TensorInfo> tensors);

    /** Whether the program may give a tensor another type. */
    public final boolean mayQuantize(TensorInfo tensor) {
        return isMatrix(tensor) && mayQuantize(tensor.name());
    }

    static boolean isMatrix(TensorInfo tensor) {
        return !tensor.ggmlType().isInteger() && Model.dimensions(tensor) > 1;
    }

    /** Whether it may give a tensor of this name another type, if that has two dimensions or more. */
    public final boolean mayQuantize(String tensor) {
        if (!tensor.endsWith("weight") || NEVER.contains(tensor)) {
            return false;
        }
        for (String part : neverWith()) {
            if (tensor.contains(part)) {
                return false;
            }
        }
        return true;
    }

    /** Parts of the names of tensors that it never quantizes. */
    protected abstract List<String> neverWith();

    /** Its choices for the tensors without a rule. */
    protected abstract Mix mix(Model model, QuantizeOptions options);

    /**
     * The type that the program chooses for a tensor that it may quantize.
     *
     * @param mix asked about the tensors that the program asks about, so that it counts as the program does
     */
    protected abstract Choice choose(TensorInfo tensor, Mix mix, QuantizeOptions options) throws RefusedException;

    /** Whether rules are looked at. */
    protected abstract boolean usesRules(QuantizeOptions options);

    /** The type in place of one that holds several rows at a time, where they do not divide the rows of a tensor. */
    final GgmlType interleaved(GgmlType type, TensorInfo tensor) {
        long rows = tensor.dims().size() > 1 ? tensor.dims().get(1) : 1;
        return rows % type.interleavedRows() == 0 ? type : type.packed();
    }

    /** Whether a tensor of this name and type demands an entry of an importance matrix. */
    public final boolean needsEntry(String tensor, GgmlType type, BaseType base) {
        return (needsEntry(type) || type == GgmlType.Q2_K && base == BaseType.Q2_K_S)
                && !exempt().contains(tensor);
    }

    /** Whether a type demands an entry of an importance matrix. */
    public final boolean needsEntry(GgmlType type) {
        return type.needsEntry(program());
    }

    /** Tensors that need no entry, whatever their type. */
    public abstract List<String> exempt();

    /** The types that demand an entry, for people. */
    public final String namesOfNeedEntry() {
        List<String> names = Arrays.stream(GgmlType.values()).filter(this::needsEntry)
                .sorted((a, b) -> Double.compare(a.bitsPerWeight(), b.bitsPerWeight())).map(this::nameOf).toList();
        List<String> plain = names.stream().filter(name -> !name.endsWith(BY_FOUR_ROWS)).toList();
        List<String> both = plain.stream().filter(name -> names.contains(name + BY_FOUR_ROWS)).toList();
        List<String> others = plain.stream().filter(name -> !both.contains(name)).toList();
        return (both.isEmpty() ? "" : String.join(", ", both) + " (and " + BY_FOUR_ROWS + "), ")
                + String.join(", ", others) + ", and q2_K in Q2_K_S";
    }

    /** Names under which it looks for the entry of a tensor, best first. */
    public abstract List<String> entryNames(String tensor);

    /** The name of the entry that it finds for a tensor; empty if there is none. */
    public final Optional<String> entry(String tensor, Map<String, Long> entries) {
        if (entries.isEmpty()) {
            return Optional.empty();
        }
        for (String name : entryNames(tensor)) {
            if (entries.containsKey(name)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    /** Whether it makes use of the entry that it finds for a tensor. */
    public final boolean usesEntry(TensorInfo tensor, Map<String, Long> entries) {
        return entry(tensor.name(), entries).filter(name -> entries.get(name) == Model.entrySize(tensor)).isPresent();
    }

    /** Whether its encoder ends the process at a tensor, because the type that was chosen cannot do without weights. */
    public final boolean crashesAt(PlannedTensor tensor, Map<String, Long> entries) {
        return tensor.type().crashesWithoutEntry() && tensor.type() != tensor.source().ggmlType()
                && !usesEntry(tensor.source(), entries);
    }

    /** Whether it stops at a tensor because the entry that it finds has the size of another. */
    public final boolean stopsAtEntry(TensorInfo tensor, Map<String, Long> entries) {
        return entry(tensor.name(), entries).isPresent() && !usesEntry(tensor, entries)
                && !toleratesMisfit(tensor.name());
    }

    /** Whether it goes without an entry of another size. */
    protected abstract boolean toleratesMisfit(String tensor);

    /** What it refuses before it looks at a tensor, for want of an importance matrix. */
    protected abstract void refuseWithoutImatrix(QuantizeOptions options) throws RefusedException;

    /** Whether already the dry run looks at the entries of the importance matrix. */
    protected abstract boolean looksAtEntriesInDryRun();

    /** Whether it takes all rules in one argument, so that a file of rules has to be joined and may have comments. */
    public boolean joinsRules() {
        return false;
    }

    /** Which of its builds let the last rule of several that match win; empty if none did. */
    protected Optional<String> buildsWithLastRule() {
        return Optional.empty();
    }

    /** Which of its builds skip rules for the type of the base itself; empty if none do. */
    protected Optional<String> buildsWithoutRulesOfBase() {
        return Optional.empty();
    }

    /** Whether it runs gate and up of experts faster where both have one type. */
    protected boolean fusesGateAndUp() {
        return false;
    }

    /** Whether it aborts where the tensors attn_v of a model are not as many as its layers. */
    protected boolean countsValues(Model model) {
        return false;
    }

    /**
     * Looks whether the program would read an importance matrix.
     *
     * @throws RefusedException if not
     */
    public final void check(Imatrix imatrix) throws IOException {
        String reason = whyNotRead(imatrix);
        if (reason != null) {
            throw new RefusedException(imatrix.name() + ": " + name() + " " + reason, Remedy.CONVERT);
        }
        float[] values = new float[Partition.BLOCK];
        for (ImatrixEntry entry : imatrix.entries().values()) {
            for (Block block : entry.values()) {
                imatrix.inSum2(entry, block.start(), values, block.length());
                for (Block.Span row : block) {
                    boolean used = entry.count(row) > 0 || imatrix.origin().format() == Imatrix.Format.LEGACY;
                    if (used && !allFinite(values, row)) {
                        throw new RefusedException(imatrix.name() + ": " + name()
                                + " stops at non-finite values, such as those of '" + entry.name()
                                + "'", Remedy.CHECK);
                    }
                }
            }
        }
    }

    private static boolean allFinite(float[] values, Block.Span span) {
        for (int i = span.from(); i < span.to(); i++) {
            if (!Float.isFinite(values[i])) {
                return false;
            }
        }
        return true;
    }

    /** Why the program does not read an importance matrix; null if it does. */
    protected abstract String whyNotRead(Imatrix imatrix);

    /** The bytes of a tensor of this type. */
    public final long bytes(GgmlType type, TensorInfo tensor) {
        return Math.multiplyExact(type.rowBytes(tensor.ne0()), tensor.rows());
    }

    /** The option if it was given, else null. */
    protected static TypeOption given(TypeOption option, QuantizeOptions options) {
        return option != null && options.types().containsKey(option) ? option : null;
    }

    /** The parts between separators, as the programs split their arguments. */
    protected static List<String> split(String list, char separator) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int at = list.indexOf(separator); at >= 0; at = list.indexOf(separator, start)) {
            parts.add(list.substring(start, at));
            start = at + 1;
        }
        parts.add(list.substring(start));
        return parts;
    }

    @Override
    public final String toString() {
        return name();
    }
}
