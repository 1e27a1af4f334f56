package org.imatrixstats.app.option.recipe;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.imatrixstats.app.option.Options;
import org.imatrixstats.app.option.TensorSelection;
import org.imatrixstats.app.option.plan.ProgramNames;
import org.imatrixstats.csv.Decimal;
import org.imatrixstats.ggml.GgmlType;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** A type for the most or the least important tensors of each kind. */
public final class PromotionOptions extends Options {
    private static final double PERCENT = 100;

    private final Supplier<String> raise = option("--raise", "SHARE", String.class,
            "without --model: give this share of each kind, the most important tensors, the type --to; such as 50%%");
    private final Supplier<String> lower = option("--lower", "SHARE", String.class,
            "without --model: the same for the least important tensors");
    private final Supplier<String> to = option("--to", "TYPE", String.class, "type for --raise and --lower");
    private final Supplier<List<String>> kinds = commaSeparated("--kind", "GLOB",
            "with --raise and --lower: only these kinds, such as attn_v,ffn_*");

    /** Whether a share of the tensors is given. */
    public boolean isGiven() {
        return raise.get() != null || lower.get() != null;
    }

    public void validate(CommandLine command) {
        require(command, raise.get() == null || lower.get() == null, "--raise and --lower cannot be combined");
        require(command, to.get() != null, "--raise and --lower need a type: give --to");
    }

    /** Whether the least important tensors are meant. */
    public boolean isOfLeast() {
        return lower.get() != null;
    }

    /** Above 0, up to 1. */
    public double share(CommandLine command) {
        String option = isOfLeast() ? "--lower" : "--raise";
        String text = isOfLeast() ? lower.get() : raise.get();
        double percent = Decimal.parse(text.replaceFirst("%$", ""));
        if (percent > 0 && percent <= PERCENT) {
            return percent / PERCENT;
        }
        throw new ParameterException(command,
                option + " '" + text + "': expected a percentage above 0 and up to 100, such as 50%");
    }

    public GgmlType type(ProgramNames names) {
        return names.type("--to", to.get());
    }

    /** The kinds that are meant, as given; none for all. */
    public List<String> kinds() {
        return kinds.get();
    }

    /** Whether a kind is meant. */
    public Predicate<String> isMeant() {
        return kinds.get().isEmpty()
                ? _ -> true
                : kinds.get().stream().map(TensorSelection::glob).reduce(Predicate::or).orElseThrow();
    }
}
