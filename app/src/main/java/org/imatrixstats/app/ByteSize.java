package org.imatrixstats.app;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes as people write them: {@code 500M}, {@code 16GiB}, {@code 4096}. A unit is a power of 1024. */
final class ByteSize implements ITypeConverter<Long> {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*([KMGT]?)(?:I?B)?");
    private static final String UNITS = "KMGT";

    @Override
    public Long convert(String given) {
        Matcher size = SIZE.matcher(given.toUpperCase(Locale.ROOT));
        if (size.matches()) {
            long number = Long.parseLong(size.group(1));
            int shift = size.group(2).isEmpty() ? 0 : 10 * (1 + UNITS.indexOf(size.group(2)));
            if (number > 0 && number <= Long.MAX_VALUE >> shift) {
                return number << shift;
            }
        }
        throw new TypeConversionException("'" + given + "' is no size above 0, such as 500M or 16G");
    }
}
