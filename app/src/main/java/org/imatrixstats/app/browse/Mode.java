package org.imatrixstats.app.browse;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

import org.imatrixstats.app.terminal.Text;

/** What keys mean at the moment. */
sealed interface Mode {
    /** Characters of a line of text: no path is longer that a person types. */
    int MOST_TYPED = 1000;

    /** Keys are {@link Action}s on the table. */
    record Browsing() implements Mode {
    }

    /**
     * Characters go into the filter.
     *
     * @param before the filter that Esc brings back
     */
    record Filtering(String before) implements Mode {
    }

    /** A text to be read takes the place of the table. */
    record Reading(Page page, int top) implements Mode {
        Reading scrolled(Action action, int lines) {
            int by = action == null ? 0 : switch (action) {
                case UP -> -1;
                case DOWN -> 1;
                case PAGE_UP -> -lines;
                case PAGE_DOWN, MARK -> lines;
                case FIRST -> -top;
                default -> 0;
            };
            return new Reading(page, Math.max(0, top + by));
        }
    }

    /** The texts to be read, and the keys that show and hide them. */
    enum Page {
        HELP(Action.HELP), RULES(Action.RULES);

        private final Action key;

        Page(Action key) {
            this.key = key;
        }

        Action key() {
            return key;
        }
    }

    /** The name of a file to write is typed. */
    record Naming(String file) implements Mode {
    }

    /** Whether a file may be replaced. */
    record Confirming(Request.Write write) implements Mode {
    }

    /**
     * One of a list is chosen; characters that are typed narrow it.
     *
     * @param what     is chosen
     * @param items    to choose from
     * @param filter   words that the items shown have
     * @param position of the cursor among those
     */
    record Choosing(What what, List<Item> items, String filter, int position) implements Mode {
        enum What {
            ORDER("Sort by"), TYPE("Type for marked tensors"), FILE("Compare with");

            private final String title;

            What(String title) {
                this.title = title;
            }

            String title() {
                return title;
            }
        }

        static Choosing ofOrder(Tab tab) {
            List<Item> items = tab.table().measures().stream()
                    .map(measure -> new Item(measure.key(), measure.header(), measure.description())).toList();
            return new Choosing(What.ORDER, items, "", indexOf(items, tab.order()));
        }

        static Choosing ofType(Marks marks) {
            List<Item> types = marks.maker().types();
            return new Choosing(What.TYPE, types, "", indexOf(types, marks.type()));
        }

        static Choosing ofFile(List<Tab> tabs) {
            return new Choosing(What.FILE, tabs.stream()
                    .map(tab -> new Item(tab.source().title(), tab.source().title(), "")).toList(), "", 0);
        }

        private static int indexOf(List<Item> items, String key) {
            return IntStream.range(0, items.size()).filter(i -> items.get(i).key().equals(key)).findFirst().orElse(0);
        }

        List<Item> shown() {
            List<String> words = List.of(filter.toLowerCase(Locale.ROOT).split(" "));
            // What is called just so comes first.
            return items.stream().filter(item -> words.stream().allMatch(item::matches))
                    .sorted(Comparator.comparing(item -> !item.key().equalsIgnoreCase(filter))).toList();
        }

        Item selected() {
            return shown().get(position);
        }

        Choosing update(Key key, int page) {
            int last = Math.max(0, shown().size() - 1);
            return switch (key.name()) {
                case UP -> at(Math.max(0, position - 1));
                case DOWN -> at(Math.min(last, position + 1));
                case PAGE_UP -> at(Math.max(0, position - page));
                case PAGE_DOWN -> at(Math.min(last, position + page));
                case HOME -> at(0);
                case END -> at(last);
                default -> {
                    String text = edited(filter, key);
                    yield text == null ? this : new Choosing(what, items, text, 0);
                }
            };
        }

        private Choosing at(int other) {
            return new Choosing(what, items, filter, other);
        }
    }

    /** A line of text after a key; null if the key is none that edits. */
    static String edited(String text, Key key) {
        if (key.isCharacter() && !Text.isUnsafe(key.character())) {
            return text.length() < MOST_TYPED ? text + Character.toString(key.character()) : text;
        }
        if (key.name() == Key.Name.BACKSPACE) {
            return text.isEmpty() ? text : text.substring(0, text.offsetByCodePoints(text.length(), -1));
        }
        return key.equals(Key.control('U')) ? "" : null;
    }
}
