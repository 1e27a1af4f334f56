package org.imatrixstats.app.option.plan;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import org.imatrixstats.app.option.Options;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.plan.StandardMixes;

import picocli.CommandLine.ParameterException;
import picocli.CommandLine;

/** What llama-quantize is asked for; rules come on top of it. */
public final class BaseOption extends Options {
    private static final String ALL = "all";

    private final Supplier<String> base;

    /** The option {@code --base}. */
    public BaseOption() {
        base = choice("--base", "FTYPE", "Q4_K_M", BaseOption::names,
                "base type for llama-quantize, by name or number (default: ${DEFAULT-VALUE})");
    }

    /** @param base the base type, which the command line says in another way */
    BaseOption(Supplier<String> base) {
        this.base = base;
    }

    /** An option that also takes several base types. */
    static BaseOption ofSeveral() {
        return new BaseOption(
                "base type for llama-quantize, by name or number; several with commas between, or 'all', give a"
                        + " table of sizes (default: ${DEFAULT-VALUE})");
    }

    private BaseOption(String description) {
        base = choice("--base", "FTYPE", "Q4_K_M", BaseOption::names, description);
    }

    /** Of the bases of all programs. */
    public static Iterator<String> names() {
        return allNames().iterator();
    }

    public static List<String> allNames() {
        return Dialects.all().stream().flatMap(program -> program.bases().stream()).map(BaseType::name).distinct()
                .toList();
    }

    public void validate(CommandLine command) {
        if (Dialect.isCopy(base.get())) {
            throw new ParameterException(command,
                    "--base COPY keeps all tensors unchanged: there is nothing to plan");
        }
    }

    public BaseType of(Dialect program) throws RefusedException {
        return program.base(base.get());
    }

    /** Whether several are asked for. */
    boolean isSeveral() {
        return base.get().equalsIgnoreCase(ALL) || base.get().contains(",");
    }

    /** All that are asked for, each once. */
    List<BaseType> all(Dialect program) throws RefusedException {
        if (base.get().equalsIgnoreCase(ALL)) {
            return StandardMixes.all(program);
        }
        Set<BaseType> bases = new LinkedHashSet<>();
        for (String each : base.get().split(",", -1)) {
            bases.add(program.base(each.strip()));
        }
        return List.copyOf(bases);
    }
}
