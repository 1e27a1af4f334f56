package org.imatrixstats.app.option.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.MappedFile;
import org.imatrixstats.io.TextFile;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.plan.Rule;
import org.imatrixstats.plan.RuleFile;

/**
 * What a model is quantized to: a standard mix, or a recipe from a file.
 *
 * @param name    what people call it: the mix, or the file without its extension
 * @param program whose llama-quantize it is for
 * @param options the base type and the rules
 */
public record NamedRecipe(String name, Dialect program, QuantizeOptions options) {
    /** What is quoted, or a quote that is not one; other backslashes belong to the patterns of rules. */
    private static final Pattern PIECE = Pattern.compile("\\\\(')|'([^']*)'|\"([^\"]*)\"|([^\\s'\"])");
    private static final String RULE_OPTION = "--tensor-type";
    private static final String RULES_OPTION = "--custom-q";
    private static final Pattern EXTENSION = Pattern.compile("\\.(json|txt|rules|sh|csv)$");

    /**
     * A mix by its name, or a file: what {@code recipe} writes with any {@code --emit} but markdown, or rules for
     * {@code --tensor-type-file} or {@code --custom-q}.
     *
     * @param program the program where nothing names one
     * @param base    the base type where nothing names one
     * @throws IOException if it is neither
     */
    public static NamedRecipe of(String given, Optional<Dialect> program, String base) throws IOException {
        Optional<NamedRecipe> mix = mix(given, program);
        if (mix.isPresent()) {
            return mix.get();
        }
        Path file = Path.of(given);
        if (!Files.exists(file)) {
            throw new FormatException(given, "is neither a file nor a standard mix such as Q4_K_M");
        }
        String name = EXTENSION.matcher(file.getFileName().toString()).replaceFirst("");
        String text;
        try (MappedFile source = MappedFile.open(file)) {
            text = TextFile.read(source, "a recipe");
            if (text.stripLeading().startsWith("{")) {
                RecipeFile recipe = RecipeFile.read(source);
                return of(name, recipe.program(), recipe.base(), recipe.rules());
            }
            if (!text.contains(RULE_OPTION) && !text.contains(RULES_OPTION)) {
                Dialect chosen = program.orElse(Dialects.llamaCpp());
                List<Rule> rules = RuleFile.read(source, chosen, new ArrayList<>());
                requireRules(file, rules.size());
                return new NamedRecipe(name, chosen, QuantizeOptions.of(chosen.base(base)).withRules(rules));
            }
        }
        return ofCommand(file, name, words(text), program, base);
    }

    private static Optional<NamedRecipe> mix(String given, Optional<Dialect> program) {
        for (Dialect each : program.map(List::of).orElse(Dialects.all())) {
            try {
                return Optional.of(new NamedRecipe(given, each, QuantizeOptions.of(each.base(given))));
            } catch (RefusedException e) {
                // The next program may know it.
            }
        }
        return Optional.empty();
    }

    /** The words of a POSIX shell, without quotes. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        Matcher piece = PIECE.matcher(text.replace("\\\n", " ").replace("\\\r\n", " "));
        StringBuilder word = new StringBuilder();
        int end = -1;
        while (piece.find()) {
            if (piece.start() != end && end >= 0) {
                words.add(word.toString());
                word.setLength(0);
            }
            for (int group = 1; group <= piece.groupCount(); group++) {
                if (piece.group(group) != null) {
                    word.append(piece.group(group));
                }
            }
            end = piece.end();
        }
        words.add(word.toString());
        return words;
    }

    private static NamedRecipe ofCommand(Path file, String name, List<String> words, Optional<Dialect> program,
            String base) throws IOException {
        List<String> rules = new ArrayList<>();
        Dialect chosen = program.orElse(words.contains(RULES_OPTION) ? Dialects.ikLlamaCpp() : Dialects.llamaCpp());
        for (int i = 0; i + 1 < words.size(); i++) {
            if (words.get(i).equals(RULE_OPTION) || words.get(i).equals(RULES_OPTION)) {
                rules.add(words.get(i + 1));
            }
        }
        requireRules(file, rules.size());
        boolean named = words.stream().anyMatch(word -> word.endsWith("llama-quantize"))
                && mix(words.getLast(), Optional.of(chosen)).isPresent();
        return of(name, chosen, named ? words.getLast() : base, rules);
    }

    private static NamedRecipe of(String name, Dialect program, String base, List<String> texts)
            throws RefusedException {
        List<Rule> rules = new ArrayList<>();
        for (String text : texts) {
            rules.addAll(program.rules(text));
        }
        return new NamedRecipe(name, program, QuantizeOptions.of(program.base(base)).withRules(rules));
    }

    private static void requireRules(Path file, int rules) throws FormatException {
        if (rules == 0) {
            throw new FormatException(file,
                    "holds no rules, expected what 'imatrix-stats recipe' writes, or PATTERN=TYPE");
        }
    }
}
