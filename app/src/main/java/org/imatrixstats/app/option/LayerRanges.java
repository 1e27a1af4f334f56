package org.imatrixstats.app.option;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Layers as a user gives them: {@code 0-5,8,30-}. Tensors without a layer are in no range. */
record LayerRanges(List<Range> ranges) {
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,9})(-([0-9]{1,9})?)?");

    /** Both ends included. */
    public record Range(int first, int last) {
    }

    public boolean contains(int layer) {
        return ranges.stream().anyMatch(range -> range.first <= layer && layer <= range.last);
    }

    public static final class Converter implements ITypeConverter<LayerRanges> {
        @Override
        public LayerRanges convert(String text) {
            List<Range> ranges = new ArrayList<>();
            for (String part : text.split(",", -1)) {
                Matcher range = RANGE.matcher(part.strip());
                if (!range.matches()) {
                    throw new TypeConversionException("'" + part + "' is not a range of layers, such as 0-5, 8 or 30-");
                }
                int first = Integer.parseInt(range.group(1));
                int last = range.group(2) == null
                        ? first
                        : range.group(3) == null ? Integer.MAX_VALUE : Integer.parseInt(range.group(3));
                if (last < first) {
                    throw new TypeConversionException("the range of layers '" + part + "' ends before it begins");
                }
                ranges.add(new Range(first, last));
            }
            return new LayerRanges(ranges);
        }
    }
}
