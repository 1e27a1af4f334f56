package org.imatrixstats.app.option;

import java.util.List;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine;

/** The constants of an enum by the names that their {@code toString} gives, in upper or lower case. */
public record EnumNames<E extends Enum<E>>(List<E> valid, String what) implements ITypeConverter<E> {
    public static <E extends Enum<E>> void register(CommandLine commandLine, Class<E> type, String what) {
        commandLine.registerConverter(type, new EnumNames<>(List.of(type.getEnumConstants()), what));
    }

    @Override
    public E convert(String given) {
        return valid.stream().filter(each -> each.toString().equalsIgnoreCase(given)).findFirst()
                .orElseThrow(() -> new CommandLine.TypeConversionException(
                        Names.unknown(given, valid.stream().map(Enum::toString).toList(), what)));
    }
}
