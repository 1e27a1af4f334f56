package org.imatrixstats.app.option;

import org.imatrixstats.csv.Decimal;
import org.imatrixstats.error.Sampling;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How many rows are read of each matrix: a number, or a share such as {@code 5%}. */
public record RowSample(Sampling sampling) {
    private static final double PERCENT = 100;

    public static final class Converter implements ITypeConverter<RowSample> {
        @Override
        public RowSample convert(String text) {
            try {
                if (text.endsWith("%")) {
                    double share = Decimal.parse(text.substring(0, text.length() - 1)) / PERCENT;
                    if (share > 0 && share <= 1) {
                        return new RowSample(new Sampling.Share(share));
                    }
                } else if (Long.parseLong(text) >= 2) {
                    return new RowSample(new Sampling.Count(Long.parseLong(text)));
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            throw new TypeConversionException(
                    "'" + text + "' is not a number of rows from 2 on, nor a share up to 100%, such as 5%");
        }
    }
}
