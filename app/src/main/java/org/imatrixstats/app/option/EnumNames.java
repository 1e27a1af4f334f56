package org.imatrixstats.app.option;

import java.util.List;
import java.util.function.Supplier;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine;

/**
 * The constants of an enum by the names that their {@code toString} gives, in upper or lower case.
 *
 * @param valid asked for only when a value is given: most enums belong to options of other commands
 */
public record EnumNames<E extends Enum<E>>(Supplier<List<E>> valid, String what) implements ITypeConverter<E> {
    public static <E extends Enum<E>> void register(CommandLine commandLine, Class<E> type, String what) {
        commandLine.registerConverter(type, new EnumNames<>(() -> List.of(type.getEnumConstants()), what));
    }

    @Override
    public E convert(String given) {
        List<E> constants = valid.get();
        for (E each : constants) {
            if (each.toString().equalsIgnoreCase(given)) {
                return each;
            }
        }
        throw new CommandLine.TypeConversionException(
                Names.unknown(given, constants.stream().map(Enum::toString).toList(), what));
    }
}
