package org.imatrixstats.app.option.plan;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import org.imatrixstats.app.option.Names;
import org.imatrixstats.app.option.Options;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Dialects;

import picocli.CommandLine.TypeConversionException;

/** Whose llama-quantize. */
public final class DialectOption extends Options {
    private static final List<String> NAMES = Dialects.all().stream().map(Dialect::name).toList();

    private final Supplier<Dialect> dialect = option("--dialect", "PROGRAM", Dialect.class, DialectOption::named, NAMES,
            "which llama-quantize to simulate: llama.cpp or ik_llama.cpp (default: llama.cpp)");

    private static Dialect named(String name) {
        return Dialects.all().stream().filter(each -> each.name().equalsIgnoreCase(name)).findFirst()
                .orElseThrow(() -> new TypeConversionException(Names.unknown(name, NAMES, "program")));
    }

    /** The program, or another if none is given. */
    public Dialect or(Dialect other) {
        return dialect.get() == null ? other : dialect.get();
    }

    public Dialect orLlamaCpp() {
        return or(Dialects.llamaCpp());
    }

    /** The program, if one is given. */
    public Optional<Dialect> given() {
        return Optional.ofNullable(dialect.get());
    }
}
