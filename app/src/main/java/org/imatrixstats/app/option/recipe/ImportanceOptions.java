package org.imatrixstats.app.option.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.imatrixstats.app.option.Options;
import org.imatrixstats.app.option.TensorSelection;
import org.imatrixstats.csv.Decimal;
import org.imatrixstats.recipe.Importance;
import org.imatrixstats.recipe.Ranking;

import picocli.CommandLine.ParameterException;
import picocli.CommandLine;

/** How much the tensors of a model weigh against each other. */
public final class ImportanceOptions extends Options {
    private final Supplier<Ranking> ranking = option("--rank-by", "FIGURE", Ranking.class, "mean",
            "figure that ranks tensors within a kind: ${COMPLETION-CANDIDATES} (default:"
                    + " ${DEFAULT-VALUE})");
    private final Supplier<Double> beta = option("--beta", "B", Double.class,
            Double.toString(Importance.DEFAULT_BETA),
            "strength of the ranking: weight exp(B · tanh(0.8 · z)), z is the robust z-score; 0 ignores the ranking (default:"
                    + " ${DEFAULT-VALUE})");
    private final Supplier<List<String>> roleWeights = repeated("--role-weight", "KIND=W", String.class,
            "weight of a kind, in place of the defaults output=18, attn_v=3.5, ffn_down*=3.5, attn_output=1.6. KIND is"
                    + " the whole kind or its last part; may be repeated");
    private final Supplier<Boolean> noRoleWeights = flag("--no-role-weights",
            "all kinds get weight 1, except those of --role-weight");

    public Ranking ranking() {
        return ranking.get();
    }

    /** The first of these options that is on the command line. */
    public Optional<String> given(CommandLine command) {
        return command.getParseResult().matchedOptions().stream().filter(this::contains).findFirst()
                .map(option -> option.names()[0]);
    }

    public void validate(CommandLine command) {
        require(command, beta.get() >= 0 && Double.isFinite(beta.get()),
                "--beta must be at least 0, not " + beta.get());
    }

    /** The kinds that weights are for, as given. */
    public Stream<String> kinds() {
        return roleWeights.get().stream().filter(text -> text.indexOf('=') > 0)
                .map(text -> text.substring(0, text.indexOf('=')));
    }

    public Importance of(CommandLine command) {
        List<Importance.Role> roles = new ArrayList<>();
        for (String text : roleWeights.get()) {
            int equals = text.indexOf('=');
            require(command, equals > 0, "--role-weight '" + text + "': expected KIND=W, such as attn_v=3.5");
            roles.add(new Importance.Role(text, TensorSelection.glob(text.substring(0, equals)),
                    weight(command, text, text.substring(equals + 1))));
        }
        if (!noRoleWeights.get()) {
            roles.addAll(Importance.DEFAULT_ROLES);
        }
        return new Importance(beta.get(), ranking.get(), roles);
    }

    private static double weight(CommandLine command, String option, String text) {
        double weight = Decimal.parse(text);
        if (weight > 0) {
            return weight;
        }
        throw new ParameterException(command,
                "--role-weight '" + option + "': the weight is '" + text + "', expected a number above 0");
    }
}
