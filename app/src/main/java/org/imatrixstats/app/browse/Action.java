package org.imatrixstats.app.browse;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.imatrixstats.app.browse.Key.Name;

/** What a key does in the table: the one place where keys are given a meaning. The help and docs/browse.md go by it. */
enum Action {
    UP(Group.MOVE, "a row up", Key.of(Name.UP), Key.of('k')), //
    DOWN(Group.MOVE, "a row down", Key.of(Name.DOWN), Key.of('j')), //
    PAGE_UP(Group.MOVE, "a page up; with the detail open, of the detail", Key.of(Name.PAGE_UP), Key.control('B')), //
    PAGE_DOWN(Group.MOVE, "a page down; with the detail open, of the detail", Key.of(Name.PAGE_DOWN),
            Key.control('F')), //
    FIRST(Group.MOVE, "to the first row", Key.of(Name.HOME), Key.of('g')), //
    LAST(Group.MOVE, "to the last row", Key.of(Name.END), Key.of('G')), //
    LEFT(Group.MOVE, "earlier columns", Key.of(Name.LEFT), Key.of('h')), //
    RIGHT(Group.MOVE, "later columns: there is one for every figure", Key.of(Name.RIGHT), Key.of('l')), //

    FILTER(Group.SHOW, "filter as you type: words that the name must have, in any order", Key.of('/')), //
    CLEAR(Group.SHOW, "close the detail, or else clear the filter", Key.of(Name.ESCAPE)), //
    SORT(Group.SHOW, "sort by a figure, chosen from a list with its definition", Key.of('s')), //
    PREVIOUS_SORT(Group.SHOW, "sort by the column before", Key.of('<')), //
    NEXT_SORT(Group.SHOW, "sort by the column after", Key.of('>')), //
    REVERSE(Group.SHOW, "reverse the order", Key.of('r')), //
    GROUP(Group.SHOW, "group by kind, by layer, or not", Key.of('b')), //
    FOLD(Group.SHOW, "fold the group of the row, or unfold it", Key.of('f')), //
    FOLD_ALL(Group.SHOW, "fold all groups, or unfold them", Key.of('F')), //
    DETAIL(Group.SHOW, "the tensor in detail: in words, histogram, largest columns, experts; again to close",
            Key.of(Name.ENTER)), //

    NEXT_TAB(Group.FILES, "the next file or comparison, at the same tensor", Key.of(Name.TAB)), //
    PREVIOUS_TAB(Group.FILES, "the one before", Key.of(Name.BACK_TAB)), //
    COMPARE(Group.FILES, "compare the file with another one", Key.of('c')), //

    MARK(Group.RULES, "mark the tensor, or all of a folded group, for the chosen type; again to unmark", Key.of(' ')), //
    MARK_SHOWN(Group.RULES, "mark all that are shown", Key.of('a')), //
    UNMARK_ALL(Group.RULES, "unmark all", Key.of('u')), //
    TYPE(Group.RULES, "choose the type that marked tensors get", Key.of('t')), //
    RULES(Group.RULES, "the rules that the marks make, and the size", Key.of('m')), //
    WRITE(Group.RULES, "write the rules to a file", Key.of('w')), //

    HELP(Group.PROGRAM, "these keys", Key.of('?')), //
    REDRAW(Group.PROGRAM, "draw the screen again", Key.control('L')), //
    SUSPEND(Group.PROGRAM, "back to the shell for a while: fg returns", Key.control('Z')), //
    QUIT(Group.PROGRAM, "quit", Key.of('q'), Key.control('C'));

    /** The keys that belong together. */
    enum Group {
        MOVE, SHOW, FILES, RULES, PROGRAM;

        String label() {
            return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
        }
    }

    private final Group group;
    private final String description;
    private final List<Key> keys;

    Action(Group group, String description, Key... keys) {
        this.group = group;
        this.description = description;
        this.keys = List.of(keys);
    }

    /** What a key does; null if nothing. */
    static Action of(Key key) {
        for (Action action : values()) {
            if (action.keys.contains(key)) {
                return action;
            }
        }
        return null;
    }

    /** Whether it does something before the figures are there. */
    boolean needsNoTable() {
        return group == Group.PROGRAM || this == NEXT_TAB || this == PREVIOUS_TAB;
    }

    Group group() {
        return group;
    }

    String description() {
        return description;
    }

    List<Key> keys() {
        return keys;
    }

    /** The keys as they are labelled: {@code ↑ k}. */
    String keyLabels() {
        return keys.stream().map(Key::label).collect(Collectors.joining(" "));
    }
}
