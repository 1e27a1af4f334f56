package org.imatrixstats.app.option;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine;

/**
 * A group of options, each a field that gives the value once the command line is parsed. The order of the fields is that
 * of the help.
 *
 * <p>In place of picocli's annotations: to read these, the JVM makes a class per type of annotation at each start, which
 * takes longer than the report of a small file.
 */
public abstract class Options {
    private final List<ArgSpec> arguments = new ArrayList<>();
    /** Those of the arguments that name files to write. */
    private final List<ArgSpec> outputs = new ArrayList<>();

    /**
     * An option with a value; null where it is not given.
     *
     * @param names one or several, with spaces between
     */
    protected final <T> Supplier<T> option(String names, String label, Class<T> type, String description) {
        return add(spec(names, label, description).type(type).build());
    }

    /** An option with a file to write; null where it is not given. All other paths are of inputs, or are checked by hand. */
    protected final Supplier<Path> output(String names, String label, String description) {
        Supplier<Path> output = option(names, label, Path.class, description);
        outputs.add(arguments.getLast());
        return output;
    }

    /** An option whose value has its own converter. */
    protected final <T> Supplier<T> option(String names, String label, Class<T> type, ITypeConverter<T> converter,
            String description) {
        return add(spec(names, label, description).type(type).converters(converter).build());
    }

    /** The same with the values that a shell proposes. */
    protected final <T> Supplier<T> option(String names, String label, Class<T> type, ITypeConverter<T> converter,
            List<String> candidates, String description) {
        return add(spec(names, label, description).type(type).converters(converter).completionCandidates(candidates)
                .build());
    }

    /** An option with one of some texts as its value; null where it is not given. */
    protected final Supplier<String> choice(String names, String label, List<String> candidates, String description) {
        return add(spec(names, label, description).type(String.class).completionCandidates(candidates).build());
    }

    /** The same with a default; what the candidates are is asked for where a shell proposes them. */
    protected final Supplier<String> choice(String names, String label, String defaultValue,
            Iterable<String> candidates,
            String description) {
        return add(spec(names, label, description).type(String.class).defaultValue(defaultValue)
                .completionCandidates(candidates).build());
    }

    /** An option that must be given. */
    protected final <T> Supplier<T> requiredOption(String names, String label, Class<T> type, String description) {
        return add(spec(names, label, description).type(type).required(true).build());
    }

    /** An option with a default. */
    protected final <T> Supplier<T> option(String names, String label, Class<T> type, String defaultValue,
            String description) {
        return add(spec(names, label, description).type(type).defaultValue(defaultValue).build());
    }

    /** An option that may be given several times; the list is empty where it is not given. */
    protected final <T> Supplier<List<T>> repeated(String names, String label, Class<T> type, String description) {
        return add(list(names, label, type, description).build());
    }

    /** An option with one value or more after it; the list is empty where it is not given. */
    protected final <T> Supplier<List<T>> manyValues(String names, String label, Class<T> type, String description) {
        return add(list(names, label, type, description).arity("1..*").build());
    }

    /** The same for texts, of which several may be given at once with commas between. */
    protected final Supplier<List<String>> commaSeparated(String names, String label, String description) {
        return commaSeparated(names, label, String.class, description);
    }

    /** The same with texts that a shell proposes. */
    protected final Supplier<List<String>> commaSeparated(String names, String label, Iterable<String> candidates,
            String description) {
        return add(list(names, label, String.class, description).splitRegex(",").completionCandidates(candidates)
                .build());
    }

    /** The same for other values. */
    protected final <T> Supplier<List<T>> commaSeparated(String names, String label, Class<T> type,
            String description) {
        return add(list(names, label, type, description).splitRegex(",").build());
    }

    /** The same with values that have their own converter. */
    protected final <T> Supplier<List<T>> commaSeparated(String names, String label, Class<T> type,
            ITypeConverter<T> converter, String description) {
        return add(list(names, label, type, description).splitRegex(",").converters(converter).build());
    }

    /** An option without a value. */
    protected final Supplier<Boolean> flag(String names, String description) {
        return add(flagSpec(names, description).build());
    }

    /** An option without a value that the subcommands have too. */
    protected final Supplier<Boolean> inheritedFlag(String names, String description) {
        return add(flagSpec(names, description).scopeType(ScopeType.INHERIT).build());
    }

    /** An option with a value that the subcommands have too. */
    protected final <T> Supplier<T> inheritedOption(String names, String label, Class<T> type,
            ITypeConverter<T> converter,
            String description) {
        return add(spec(names, label, description).type(type).converters(converter).scopeType(ScopeType.INHERIT)
                .build());
    }

    /** Arguments that are not options, at least one. */
    protected final <T> Supplier<List<T>> parameters(String label, Class<T> type, String description) {
        return add(PositionalParamSpec.builder().paramLabel(label).description(description).type(List.class)
                .auxiliaryTypes(type).arity("1..*").required(true).build());
    }

    /** Arguments that are not options and may be left out; the list is empty if they are. */
    protected final <T> Supplier<List<T>> optionalParameters(String label, Class<T> type, String description) {
        return add(PositionalParamSpec.builder().paramLabel(label).description(description).type(List.class)
                .auxiliaryTypes(type).arity("0..*").initialValue(List.of()).build());
    }

    /** An argument that is not an option. */
    protected final <T> Supplier<T> parameter(String label, Class<T> type, String description) {
        return add(PositionalParamSpec.builder().paramLabel(label).description(description).type(type).required(true)
                .build());
    }

    /** An argument that is not an option and may be left out; null if it is. */
    protected final <T> Supplier<T> optionalParameter(String label, Class<T> type, String description) {
        return add(PositionalParamSpec.builder().paramLabel(label).description(description).type(type).arity("0..1")
                .build());
    }

    /** The options of another group, in this place. */
    protected final <O extends Options> O include(O others) {
        arguments.addAll(((Options) others).arguments);
        outputs.addAll(((Options) others).outputs);
        return others;
    }

    /** The options of another group, before those that are here. */
    protected final <O extends Options> O includeFirst(O others) {
        arguments.addAll(0, ((Options) others).arguments);
        outputs.addAll(((Options) others).outputs);
        return others;
    }

    /** The files that a command line names, but for those to write. */
    static List<Path> inputs(CommandLine command) {
        Options declared = (Options) command.getCommandSpec().userObject();
        List<Path> inputs = new ArrayList<>();
        for (ArgSpec argument : declared.arguments) {
            if (!declared.outputs.contains(argument)) {
                Object value = argument.getValue();
                for (Object each : value instanceof List<?> several ? several : Collections.singletonList(value)) {
                    if (each instanceof Path file) {
                        inputs.add(file);
                    }
                }
            }
        }
        return inputs;
    }

    public final boolean contains(ArgSpec argument) {
        return arguments.contains(argument);
    }

    /** Refuses all of these options. The reason follows the name of the first one given. */
    public final void refuse(CommandLine command, String reason) {
        command.getParseResult().matchedOptions().stream().filter(this::contains).findFirst().ifPresent(given -> {
            throw new ParameterException(command, given.names()[0] + " " + reason);
        });
    }

    protected static void require(CommandLine command, boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(command, message);
        }
    }

    /** Refuses some options: one that would have no effect is a mistake. The reason follows its name. */
    protected static void refuseAny(CommandLine command, String reason, String... options) {
        for (String option : options) {
            require(command, !command.getParseResult().hasMatchedOption(option), option + " " + reason);
        }
    }

    protected final void addTo(CommandSpec command) {
        arguments.forEach(command::add);
    }

    private static OptionSpec.Builder spec(String names, String label, String description) {
        return OptionSpec.builder(names.split(" ")).paramLabel(label).description(description);
    }

    protected static OptionSpec.Builder flagSpec(String names, String description) {
        return OptionSpec.builder(names.split(" ")).type(boolean.class).initialValue(false).description(description);
    }

    private static OptionSpec.Builder list(String names, String label, Class<?> type, String description) {
        return spec(names, label, description).type(List.class).auxiliaryTypes(type).initialValue(List.of());
    }

    private <T> Supplier<T> add(ArgSpec argument) {
        arguments.add(argument);
        return argument::getValue;
    }
}
