package org.imatrixstats.app.page;

import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.app.terminal.Console;

/** What is said now, and to those who see the page. */
public final class Notes {
    private final List<String> all = new ArrayList<>();
    private final Console console;

    public Notes(Console console) {
        this.console = console;
    }

    void add(String warning) {
        console.warn(warning);
        all.add(warning);
    }

    public List<String> all() {
        return all;
    }
}
