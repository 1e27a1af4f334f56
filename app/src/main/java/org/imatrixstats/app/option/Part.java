package org.imatrixstats.app.option;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** One of several jobs that share work, counted from 1: {@code 2/8}. */
record Part(int number, int of) {
    static final class Converter implements ITypeConverter<Part> {
        @Override
        public Part convert(String text) {
            String[] numbers = text.split("/", -1);
            try {
                Part part = new Part(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
                if (numbers.length == 2 && part.number >= 1 && part.number <= part.of) {
                    return part;
                }
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                // Said below.
            }
            throw new TypeConversionException("'" + text + "' is not K/N with K from 1 to N, such as 2/8");
        }
    }

    /** Whether a task is of this part. */
    boolean has(int task) {
        return task % of == number - 1;
    }
}
