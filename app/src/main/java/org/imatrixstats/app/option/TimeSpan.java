package org.imatrixstats.app.option;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time as people write it: {@code 90s}, {@code 15m}, {@code 2h}. */
public record TimeSpan(Duration duration) {
    private static final Pattern SPAN = Pattern.compile("([0-9]{1,6})([smh])");

    public static final class Converter implements ITypeConverter<TimeSpan> {
        @Override
        public TimeSpan convert(String text) {
            Matcher span = SPAN.matcher(text);
            if (!span.matches() || Integer.parseInt(span.group(1)) == 0) {
                throw new TypeConversionException("'" + text + "' is not a time, such as 90s, 15m or 2h");
            }
            int number = Integer.parseInt(span.group(1));
            return new TimeSpan(switch (span.group(2)) {
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            });
        }
    }
}
