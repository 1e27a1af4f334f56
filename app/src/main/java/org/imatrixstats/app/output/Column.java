package org.imatrixstats.app.output;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.stats.Figure;

/**
 * A column of a table, or a field of a JSON object.
 *
 * @param key    its name in machine formats and on the command line; a dot stands for an object within
 * @param header its name over a column of a table
 * @param unit   of the numbers; null for a column of text
 * @param text   the text in a row, null where there is none; null for a column of numbers
 * @param number the number in a row, NaN where it is undefined; null for a column of text
 * @param list   whole numbers of which a table shows how many there are, and a machine format which; null for a column of one
 *               number or text
 * @param exact  what a typed format has in place of the text: a Boolean, or a list of numbers; null for none
 * @param meaning what the column holds, in words, for the legend of a table; null where the header says it all
 */
public record Column<R>(String key, String header, Figure.Unit unit, Function<R, String> text,
        ToDoubleFunction<R> number, Function<R, List<Integer>> list, Function<R, Object> exact, String meaning) {

    public static <R> Column<R> text(String key, String header, Function<R, Object> text) {
        return new Column<>(key, header, null,
                row -> text.apply(row) == null ? null : text.apply(row).toString(), null, null, null, null);
    }

    /** @param meaning what the column holds, in words */
    public static <R> Column<R> text(String key, String header, Function<R, Object> text, String meaning) {
        return text(key, header, text).meaning(meaning);
    }

    public static <R> Column<R> number(String key, String header, Figure.Unit unit, ToDoubleFunction<R> number) {
        return new Column<>(key, header, unit, null, number, null, null, null);
    }

    public static <R> Column<R> flag(String key, String header, Predicate<R> flag) {
        return new Column<>(key, header, null, row -> Boolean.toString(flag.test(row)), null, null, flag::test, null);
    }

    /** The dimensions of a tensor. */
    public static <R> Column<R> shape(String key, String header, Function<R, List<Long>> dims) {
        return new Column<>(key, header, null,
                row -> dims.apply(row).stream().map(String::valueOf).collect(Collectors.joining("x")), null, null,
                dims::apply, null);
    }

    /** Of a figure that counts what the list holds. */
    public static <R> Column<R> list(Figure<R> figure, Function<R, List<Integer>> list) {
        return new Column<>(figure.key(), figure.header(), figure.unit(), null, figure::of, list, null,
                figure.description());
    }

    public static <R> Column<R> of(Figure<R> figure) {
        return number(figure.key(), figure.header(), figure.unit(), figure::of).meaning(figure.description());
    }

    /** Whether a text is the key or the header, also in ASCII, but for upper and lower case. */
    boolean isCalled(String text) {
        return key.equalsIgnoreCase(text) || header.equalsIgnoreCase(text)
                || Text.ascii(header).equalsIgnoreCase(text);
    }

    public boolean isText() {
        return unit == null;
    }

    /** By the numbers or texts of the column; undefined figures and missing texts come last in both directions. */
    public Comparator<R> order(boolean descending) {
        return isText() ? order(text, descending) : order(row -> {
            double value = number.applyAsDouble(row);
            return Double.isNaN(value) ? null : Double.valueOf(value);
        }, descending);
    }

    private static <R, V extends Comparable<V>> Comparator<R> order(Function<R, V> value, boolean descending) {
        Comparator<V> order = descending ? Comparator.reverseOrder() : Comparator.naturalOrder();
        return Comparator.comparing(value, Comparator.nullsLast(order));
    }

    private Column<R> meaning(String words) {
        return new Column<>(key, header, unit, text, number, list, exact, words);
    }

    public Column<R> withHeader(String other) {
        return new Column<>(key, other, unit, text, number, list, exact, meaning);
    }

    /** The column with other texts; none of them is missing. */
    public Column<R> withText(UnaryOperator<String> change) {
        return new Column<>(key, header, unit, text.andThen(change), number, list, exact, meaning);
    }

    /** The same column for rows of another class. */
    public <S> Column<S> on(Function<S, R> row) {
        return new Column<>(key, header, unit, isText() ? s -> text.apply(row.apply(s)) : null,
                isText() ? null : s -> number.applyAsDouble(row.apply(s)),
                list == null ? null : s -> list.apply(row.apply(s)),
                exact == null ? null : s -> exact.apply(row.apply(s)), meaning);
    }
}
