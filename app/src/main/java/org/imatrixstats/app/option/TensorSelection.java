package org.imatrixstats.app.option;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import org.imatrixstats.tensor.TensorName;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Which tensors are looked at, by their names. */
public final class TensorSelection extends Options implements Predicate<TensorName> {
    private final Supplier<List<String>> kinds = commaSeparated("--kind", "GLOB",
            "only tensors of these kinds, such as attn_v,ffn_*");
    private final Supplier<LayerRanges> layers = option("--layers", "RANGES", LayerRanges.class,
            new LayerRanges.Converter(), "only tensors of these layers, such as 0-5,30-");
    private final Supplier<Pattern> match = option("--match", "REGEX", Pattern.class, new RegexConverter(),
            "only tensors whose name matches this regular expression anywhere");

    /** Whether any of the options was given. */
    public boolean given() {
        return !kinds.get().isEmpty() || layers.get() != null || match.get() != null;
    }

    @Override
    public boolean test(TensorName name) {
        return (kinds.get().isEmpty() || kinds.get().stream().anyMatch(glob -> glob(glob).test(name.kind())))
                && (layers.get() == null || layers.get().contains(name.layer()))
                && (match.get() == null || match.get().matcher(name.name()).find());
    }

    /** For each kind asked for that is not among the valid ones, a sentence that says which these are. */
    public List<String> unknownKinds(List<String> valid) {
        return kinds.get().stream().filter(glob -> valid.stream().noneMatch(glob(glob)))
                .map(glob -> Names.unknown(glob, valid, "kind")).toList();
    }

    /** Why no tensor of these kinds is selected. */
    public String whyNone(List<String> kinds) {
        List<String> unknown = unknownKinds(kinds);
        return "no tensor selected: " + (unknown.isEmpty() ? whyNoneOfKnown(kinds) : unknown.getFirst());
    }

    private String whyNoneOfKnown(List<String> kinds) {
        List<String> given = new ArrayList<>();
        if (!this.kinds.get().isEmpty()) {
            given.add("--kind");
        }
        if (layers.get() != null) {
            given.add("--layers");
        }
        if (match.get() != null) {
            given.add("--match");
        }
        return "no tensor matches " + (given.size() > 1 ? "all of " : "") + String.join(" and ", given)
                + (given.equals(List.of("--layers")) ? "" : ". Kinds: " + String.join(", ", kinds));
    }

    /** A pattern in which * stands for any characters and ? for one. */
    public static Predicate<String> glob(String glob) {
        StringBuilder regex = new StringBuilder();
        glob.codePoints()
                .forEach(c -> regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c))));
        return Pattern.compile(regex.toString(), Pattern.DOTALL).asMatchPredicate();
    }

    private static final class RegexConverter implements ITypeConverter<Pattern> {
        @Override
        public Pattern convert(String regex) {
            try {
                return Pattern.compile(regex);
            } catch (PatternSyntaxException e) {
                throw new TypeConversionException("'" + regex + "' is not a regular expression: " + e.getDescription()
                        + " at position " + e.getIndex());
            }
        }
    }
}
