package org.imatrixstats.app.browse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jline.utils.AttributedString;

/**
 * Everything that the screen shows. A key makes another state of it; nothing else happens.
 *
 * @param size    of the terminal
 * @param tabs    files, and comparisons of two
 * @param tab     which is shown
 * @param mode    what keys mean at the moment
 * @param detail  where the detail is scrolled to; null while it is closed
 * @param details what was looked up so far
 * @param marks   the tensors that are to get another type
 * @param message of what the last key did; empty for nothing to say
 * @param request what only the terminal can do; null for nothing
 */
record State(ScreenSize size, List<Tab> tabs, int tab, Mode mode, Integer detail, Map<DetailKey, Detail> details,
        Marks marks, String message, Request request) {
    /** To count lines with. */
    private static final Palette MEASURING = new Palette(false, false);

    State {
        tabs = List.copyOf(tabs);
        details = Map.copyOf(details);
    }

    /** A tensor of a tab. */
    record DetailKey(Source source, int row) {
    }

    static State of(List<Source> sources, Marks marks, ScreenSize size) {
        return new State(size, sources.stream().map(Tab::loading).toList(), 0, new Mode.Browsing(), null, Map.of(),
                marks, "", null);
    }

    // ---- what is there

    Tab current() {
        return tabs.get(tab);
    }

    Layout layout() {
        return Layout.of(size, detail != null);
    }

    /** The tab whose table has to be loaded next; the one that is looked at first. */
    Optional<Tab> unloaded() {
        return current().table() == null
                ? Optional.of(current())
                : tabs.stream().filter(each -> each.table() == null).findFirst();
    }

    /** The tensor whose detail is shown, or would be; empty on a heading. */
    Optional<DetailKey> selected() {
        int row = current().selectedTensor();
        return row < 0 ? Optional.empty() : Optional.of(new DetailKey(current().source(), row));
    }

    /** The detail that is shown, as it is drawn. */
    List<AttributedString> detailLines(Palette palette) {
        int width = layout().detailWidth();
        return selected().map(details::get).map(shown -> DetailView.lines(shown, width, palette))
                .orElseGet(() -> DetailView.without(selected().isPresent(), width, palette));
    }

    /** The detail that has to be looked up. */
    Optional<DetailKey> wantedDetail() {
        return detail == null ? Optional.empty() : selected().filter(key -> !details.containsKey(key));
    }

    // ---- what comes from elsewhere than keys

    State resized(ScreenSize other) {
        return new State(other, tabs, tab, mode, detail, details, marks, message, request).settled();
    }

    /** A table has arrived. */
    State loaded(Source source, Table table) {
        return withTabs(tabs.stream().map(each -> each.source() == source ? each.loaded(table) : each).toList());
    }

    /** So many percent of a table are done. */
    State progressed(Source source, int percent) {
        return withTabs(tabs.stream().map(each -> each.source() == source ? each.withPercent(percent) : each).toList());
    }

    /** A detail has arrived. What was looked up longest ago is not kept for ever. */
    State found(DetailKey key, Detail found) {
        Map<DetailKey, Detail> all = new HashMap<>(details.size() < 64 ? details : Map.of());
        all.put(key, found);
        return new State(size, tabs, tab, mode, detail, all, marks, message, request);
    }

    /** The request was carried out. */
    State done(String outcome) {
        return withMessage(outcome).withRequest(null);
    }

    // ---- keys

    State update(Key key) {
        State quiet = withMessage("");
        if (key.equals(Key.control('C'))) {
            return quiet.withRequest(new Request.Quit(INTERRUPTED));
        }
        return (switch (mode) {
            case Mode.Browsing _ -> quiet.browsed(key);
            case Mode.Filtering filtering -> quiet.filtered(filtering, key);
            case Mode.Choosing choosing -> quiet.chosen(choosing, key);
            case Mode.Reading reading -> quiet.read(reading, key);
            case Mode.Naming naming -> quiet.named(naming, key);
            case Mode.Confirming confirming -> quiet.confirmed(confirming, key);
        }).settled();
    }

    private static final int INTERRUPTED = 130;

    private State browsed(Key key) {
        Action action = Action.of(key);
        if (action == null) {
            return key.equals(Key.UNKNOWN)
                    ? this
                    : withMessage("Key " + key.label() + " does nothing; ? shows the keys");
        }
        if (current().table() == null && !action.needsNoTable()) {
            return withMessage("Still reading; q quits");
        }
        return switch (action) {
            case UP -> moved(-1);
            case DOWN -> moved(1);
            case PAGE_UP -> detail == null ? moved(-layout().page()) : scrolled(-layout().detailPage());
            case PAGE_DOWN -> detail == null ? moved(layout().page()) : scrolled(layout().detailPage());
            case FIRST -> moved(-Integer.MAX_VALUE / 2);
            case LAST -> moved(Integer.MAX_VALUE / 2);
            case LEFT -> with(current().scrolledColumns(-1));
            case RIGHT -> with(current().scrolledColumns(1));
            case FILTER -> withMode(new Mode.Filtering(current().filter()));
            case CLEAR -> detail != null ? withDetail(null) : with(current().withFilter(""));
            case SORT -> withMode(Mode.Choosing.ofOrder(current()));
            case PREVIOUS_SORT -> with(current().sortedByNeighbour(-1)).sayOrder();
            case NEXT_SORT -> with(current().sortedByNeighbour(1)).sayOrder();
            case REVERSE -> with(current().reversed()).sayOrder();
            case GROUP -> with(current().regrouped());
            case FOLD -> with(current().foldedAtCursor());
            case FOLD_ALL -> with(current().foldedAll());
            case DETAIL -> selected().isEmpty()
                    ? with(current().foldedAtCursor())
                    : withDetail(detail == null ? Integer.valueOf(0) : null);
            case NEXT_TAB -> toTab(tab + 1);
            case PREVIOUS_TAB -> toTab(tab - 1 + tabs.size());
            case COMPARE -> compare();
            case MARK -> marked(current().atCursor()).moved(1);
            case MARK_SHOWN -> marked(current().shownTensors());
            case UNMARK_ALL -> withMarks(marks.none());
            case TYPE -> withMode(Mode.Choosing.ofType(marks));
            case RULES -> withMode(new Mode.Reading(Mode.Page.RULES, 0));
            case WRITE -> write();
            case HELP -> withMode(new Mode.Reading(Mode.Page.HELP, 0));
            case REDRAW, SUSPEND -> this;
            case QUIT -> withRequest(new Request.Quit(0));
        };
    }

    private State moved(int rows) {
        return with(current().moved(rows));
    }

    private State scrolled(int lines) {
        return withDetail(detail + lines);
    }

    private State sayOrder() {
        return withMessage("Sorted by " + current().orderInWords());
    }

    private State marked(List<Integer> rows) {
        List<String> names = rows.stream().map(row -> current().table().tensors().get(row).name()).toList();
        return withMarks(marks.toggled(names));
    }

    private State write() {
        if (marks.isEmpty()) {
            return withMessage("Nothing is marked: Space marks a tensor");
        }
        return marks.outcome().rules().isEmpty()
                ? withMessage("There are no rules to write: m says why")
                : withMode(new Mode.Naming("rules.txt"));
    }

    private State toTab(int number) {
        if (tabs.size() == 1) {
            return withMessage("There is one file only; give several to switch between them");
        }
        State there = new State(size, tabs, number % tabs.size(), mode, detail, details, marks, message, request);
        return current().table() == null
                ? there
                : there.with(there.current().at(current().selectedName(), current().filter()));
    }

    private State compare() {
        List<Tab> others = tabs.stream().filter(each -> each != current() && each.source() instanceof Matrix).toList();
        if (!(current().source() instanceof Matrix matrix)) {
            return withMessage("This is a comparison already; Tab goes to the files");
        }
        if (others.isEmpty()) {
            return withMessage("There is no other file to compare with; give two or more");
        }
        return others.size() == 1
                ? compared(matrix, (Matrix) others.getFirst().source())
                : withMode(Mode.Choosing.ofFile(others));
    }

    private State compared(Matrix a, Matrix b) {
        Source comparison = new Versus(a, b, a.threads());
        for (int i = 0; i < tabs.size(); i++) {
            if (tabs.get(i).source().title().equals(comparison.title())) {
                return toTab(i);
            }
        }
        List<Tab> more = new ArrayList<>(tabs);
        more.add(Tab.loading(comparison));
        return withTabs(more).toTab(more.size() - 1);
    }

    private State filtered(Mode.Filtering filtering, Key key) {
        return switch (key.name()) {
            case ENTER -> withMode(new Mode.Browsing());
            case ESCAPE -> with(current().withFilter(filtering.before())).withMode(new Mode.Browsing());
            case UP -> moved(-1);
            case DOWN -> moved(1);
            default -> {
                String text = Mode.edited(current().filter(), key);
                yield text == null ? this : with(current().withFilter(text));
            }
        };
    }

    private State chosen(Mode.Choosing choosing, Key key) {
        return switch (key.name()) {
            case ESCAPE -> withMode(new Mode.Browsing());
            case ENTER -> choosing.shown().isEmpty() ? this : withMode(new Mode.Browsing()).chose(choosing);
            default -> withMode(choosing.update(key, layout().menuPage()));
        };
    }

    private State chose(Mode.Choosing choosing) {
        String key = choosing.selected().key();
        return switch (choosing.what()) {
            case ORDER -> with(current().sortedBy(key)).sayOrder();
            case TYPE -> withMarks(marks.withType(key)).withMessage("Marked tensors get " + key + " from now on");
            case FILE -> tabs.stream().map(Tab::source).filter(source -> source.title().equals(key)).findFirst()
                    .map(other -> compared((Matrix) current().source(), (Matrix) other)).orElse(this);
        };
    }

    private State read(Mode.Reading reading, Key key) {
        Action action = Action.of(key);
        boolean closes = key.name() == Key.Name.ESCAPE || action == Action.QUIT || action == reading.page().key()
                || key.name() == Key.Name.ENTER;
        if (closes) {
            return withMode(new Mode.Browsing());
        }
        if (reading.page() == Mode.Page.RULES && (action == Action.WRITE || action == Action.TYPE)) {
            return withMode(new Mode.Browsing()).browsed(key);
        }
        return withMode(reading.scrolled(action, layout().page()));
    }

    private State named(Mode.Naming naming, Key key) {
        return switch (key.name()) {
            case ESCAPE -> withMode(new Mode.Browsing()).withMessage("Nothing was written");
            case ENTER -> naming.file().isBlank()
                    ? this
                    : withMode(new Mode.Browsing())
                            .withRequest(new Request.Write(naming.file(), marks.fileContent(), false));
            default -> {
                String text = Mode.edited(naming.file(), key);
                yield text == null ? this : withMode(new Mode.Naming(text));
            }
        };
    }

    private State confirmed(Mode.Confirming confirming, Key key) {
        State back = withMode(new Mode.Browsing());
        return key.equals(Key.of('y'))
                ? back.withRequest(
                        new Request.Write(confirming.write().file(), confirming.write().content(), true))
                : back.withMessage("Nothing was written");
    }

    /** Whether a file that is there already may be replaced. */
    State askToReplace(Request.Write write) {
        return withRequest(null).withMode(new Mode.Confirming(write));
    }

    // ---- parts replaced

    /** Moves the cursor to an existing row in view, and scrolls nothing beyond its end. */
    private State settled() {
        State settled = current().table() == null ? this : with(current().settled(layout().page()));
        if (settled.mode instanceof Mode.Reading reading && reading.top() > 0) {
            int lines = Pages.of(reading.page(), marks, size.width(), MEASURING).size();
            return settled.withMode(
                    new Mode.Reading(reading.page(),
                            Math.clamp(reading.top(), 0, Math.max(0, lines - layout().body()))));
        }
        if (settled.detail == null || settled.detail == 0) {
            return settled;
        }
        int lines = settled.detailLines(MEASURING).size();
        return settled.withDetail(Math.clamp(settled.detail, 0, Math.max(0, lines - settled.layout().detailPage())));
    }

    private State with(Tab other) {
        List<Tab> all = new ArrayList<>(tabs);
        all.set(tab, other);
        return new State(size, all, tab, mode, other.selectedTensor() == current().selectedTensor() || detail == null
                ? detail
                : Integer.valueOf(0), details, marks, message, request);
    }

    private State withTabs(List<Tab> others) {
        return new State(size, others, tab, mode, detail, details, marks, message, request).settled();
    }

    private State withMode(Mode other) {
        return new State(size, tabs, tab, other, detail, details, marks, message, request);
    }

    private State withDetail(Integer other) {
        return new State(size, tabs, tab, mode, other, details, marks, message, request);
    }

    private State withMarks(Marks other) {
        return new State(size, tabs, tab, mode, detail, details, other, message, request);
    }

    private State withMessage(String other) {
        return new State(size, tabs, tab, mode, detail, details, marks, other, request);
    }

    private State withRequest(Request other) {
        return new State(size, tabs, tab, mode, detail, details, marks, message, other);
    }
}
