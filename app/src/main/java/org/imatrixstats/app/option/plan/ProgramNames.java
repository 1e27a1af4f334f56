package org.imatrixstats.app.option.plan;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.RefusedException;

import picocli.CommandLine.ParameterException;
import picocli.CommandLine;

/** What values of options are to a llama-quantize; one that it does not know is a mistake in the command line. */
public record ProgramNames(Dialect program, CommandLine command) {
    @FunctionalInterface
    public interface Lookup<T> {
        T get() throws RefusedException;
    }

    /** A type that it can quantize to. */
    public GgmlType type(String option, String name) {
        GgmlType type = get(option, () -> program.type(name));
        if (!program.types().contains(type)) {
            throw new ParameterException(command, option + ": " + program + " cannot quantize to " + name);
        }
        return type;
    }

    public BaseType base(String option, String name) {
        return get(option, () -> program.base(name));
    }

    public <T> T get(String option, Lookup<T> lookup) {
        try {
            return lookup.get();
        } catch (RefusedException e) {
            throw new ParameterException(command, option + ": " + e.getMessage());
        }
    }
}
