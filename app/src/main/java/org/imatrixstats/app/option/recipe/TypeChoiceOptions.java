package org.imatrixstats.app.option.recipe;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.imatrixstats.app.option.Options;
import org.imatrixstats.app.option.TensorSelection;
import org.imatrixstats.app.option.plan.ProgramNames;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.EcmaScriptPattern;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.recipe.Harmony;
import org.imatrixstats.recipe.RecipeOptions;
import org.imatrixstats.tensor.TensorInfo;

/** Which types a recipe may choose for which tensors. */
public final class TypeChoiceOptions extends Options {
    private final Supplier<List<String>> types = commaSeparated("--types", "TYPE", TypeChoiceOptions::names,
            "types to choose from (default: types with good quality for their size, from 3/4 of the target up)");
    private final Supplier<List<String>> pins = repeated("--pin", "RE=TYPE", String.class,
            "fix the type of tensors whose name matches this regular expression; may be repeated; the first match wins");
    private final Supplier<List<String>> minTypes = repeated("--min-type", "[KIND=]TYPE", String.class,
            "smallest type allowed, for all tensors or for kinds such as attn_*; may be repeated");
    private final Supplier<List<String>> maxTypes = repeated("--max-type", "[KIND=]TYPE", String.class,
            "largest type allowed, in the same form");
    private final Supplier<String> outputType = option("--output-type --output-tensor-type", "TYPE", String.class,
            "the type of output.weight (default: chosen like the others)");
    private final Supplier<String> tokenEmbeddingType = option("--token-embedding-type", "TYPE", String.class,
            "the type of token_embd.weight (default: chosen like the others)");
    private final Supplier<Boolean> split = flag("--no-harmonize",
            "allow different types for ffn_gate and ffn_up of a layer");
    private final Supplier<Boolean> harmonizeQk = flag("--harmonize-qk",
            "give attn_q and attn_k of a layer the same type");
    private final Supplier<Boolean> harmonizeQkv = flag("--harmonize-qkv",
            "give attn_q, attn_k and attn_v of a layer the same type");

    /** Of the types of all programs. */
    private static Iterator<String> names() {
        return Dialects.all().stream().flatMap(program -> program.types().stream().map(program::nameOf)).distinct()
                .iterator();
    }

    /** The kinds that limits are for, as given. */
    public Stream<String> kinds() {
        return Stream.of(minTypes, maxTypes).flatMap(option -> option.get().stream())
                .filter(text -> text.indexOf('=') > 0)
                .map(text -> text.substring(0, text.indexOf('=')));
    }

    /** @param base the base type of the command line that is written */
    public RecipeOptions of(ProgramNames program, BaseType base, Model model) {
        List<RecipeOptions.Pin> given = new ArrayList<>();
        if (outputType.get() != null) {
            given.add(new RecipeOptions.Pin("--output-type", "output.weight"::equals,
                    program.type("--output-type", outputType.get())));
        }
        if (tokenEmbeddingType.get() != null) {
            given.add(new RecipeOptions.Pin("--token-embedding-type", "token_embd.weight"::equals,
                    program.type("--token-embedding-type", tokenEmbeddingType.get())));
        }
        pins.get().forEach(pin -> given.add(pin(pin, program, model)));
        List<RecipeOptions.Limit> limits = new ArrayList<>();
        minTypes.get().forEach(limit -> limits.add(limit("--min-type", limit, false, program)));
        maxTypes.get().forEach(limit -> limits.add(limit("--max-type", limit, true, program)));
        return new RecipeOptions(program.program(), base,
                types.get().stream().map(name -> program.type("--types", name)).distinct().toList(), given, limits,
                harmonies());
    }

    private Set<Harmony> harmonies() {
        Set<Harmony> harmonies = EnumSet.noneOf(Harmony.class);
        if (!split.get()) {
            harmonies.add(Harmony.GATE_UP);
        }
        if (harmonizeQk.get()) {
            harmonies.add(Harmony.QK);
        }
        if (harmonizeQkv.get()) {
            harmonies.add(Harmony.QKV);
        }
        return harmonies;
    }

    private static RecipeOptions.Pin pin(String text, ProgramNames program, Model model) {
        int equals = text.lastIndexOf('=');
        require(program.command(), equals > 0, "--pin '" + text + "': expected RE=TYPE, such as 'attn_v=q8_0'");
        String label = "--pin '" + text + "'";
        Set<String> names = program.get(label, () -> matching(text.substring(0, equals), model));
        require(program.command(), !names.isEmpty() || text.indexOf('=') == equals,
                label + ": the pattern contains '=', which no tensor name has. Use a separate --pin for each RE=TYPE");
        return new RecipeOptions.Pin(label, names::contains, program.type(label, text.substring(equals + 1)));
    }

    /** Matches like a rule, with a limit on steps: a pattern may have too many ways to match. */
    private static Set<String> matching(String pattern, Model model) throws RefusedException {
        EcmaScriptPattern compiled = EcmaScriptPattern.of(pattern);
        Set<String> names = new HashSet<>();
        for (TensorInfo tensor : model.tensors()) {
            if (compiled.occursIn(tensor.name())) {
                names.add(tensor.name());
            }
        }
        return names;
    }

    private static RecipeOptions.Limit limit(String option, String text, boolean largest, ProgramNames program) {
        int equals = text.indexOf('=');
        require(program.command(), equals != 0,
                option + " '" + text + "': expected TYPE or KIND=TYPE, such as ffn_down=q4_K");
        String label = option + " " + text;
        return new RecipeOptions.Limit(label,
                equals < 0 ? _ -> true : TensorSelection.glob(text.substring(0, equals)),
                program.type(label, text.substring(equals + 1)), largest);
    }
}
