package org.imatrixstats.app.option;

import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.RefusedException;

import picocli.CommandLine.ParameterException;
import picocli.CommandLine;

/** What llama-quantize is asked for; rules come on top of it. */
public final class BaseOption extends Options {
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
}
