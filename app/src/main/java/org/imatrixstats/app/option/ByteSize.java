package org.imatrixstats.app.option;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes as people write it: {@code 4.8GiB} and {@code 4.8G} have 1024³, {@code 4.8GB} 1000³ bytes. */
public record ByteSize(long bytes) {
    private static final Pattern SIZE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?) ?([KMGT](?:i?B)?|B)");
    private static final Map<Character, Integer> POWERS = Map.of('B', 0, 'K', 1, 'M', 2, 'G', 3, 'T', 4);
    private static final int BITS_OF_A_FILE_SIZE = 62;

    public static final class Converter implements ITypeConverter<ByteSize> {
        @Override
        public ByteSize convert(String text) {
            Matcher size = SIZE.matcher(text);
            if (!size.matches()) {
                throw new TypeConversionException("'" + text
                        + "' is not a size: expected a number with KiB, MiB, GiB (1024) or KB, MB, GB (1000), such as 4.8GiB");
            }
            String unit = size.group(2);
            boolean decimal = unit.length() == 2;
            BigDecimal factor = BigDecimal.valueOf(decimal ? 1000 : 1024).pow(POWERS.get(unit.charAt(0)));
            BigDecimal bytes = new BigDecimal(size.group(1)).multiply(factor).setScale(0, RoundingMode.FLOOR);
            if (bytes.signum() == 0 || bytes.toBigInteger().bitLength() > BITS_OF_A_FILE_SIZE) {
                throw new TypeConversionException("'" + text + "' is too large for a file size");
            }
            return new ByteSize(bytes.longValueExact());
        }
    }
}
