package org.imatrixstats.app.browse;

/**
 * Where things are on the screen: a title, a line about what is shown, the table (header and rows) with the detail to its
 * right, below it or in its place, and the keys.
 *
 * @param size   of the terminal
 * @param beside columns of the detail beside the table; 0 if it is elsewhere or closed
 * @param below  lines of the detail below the table, its border included; 0 if it is elsewhere or closed
 */
record Layout(ScreenSize size, int beside, int below) {
    private static final int MIN_WIDTH = 40;
    private static final int MIN_HEIGHT = 8;
    /** Title, line about what is shown, header of the table, keys. */
    private static final int FRAME = 4;
    /** Fewer columns have no room for two views side by side. */
    private static final int WIDE = 120;
    private static final int LEAST_ROWS = 5;

    static Layout of(ScreenSize size, boolean detail) {
        if (!detail) {
            return new Layout(size, 0, 0);
        }
        return size.width() >= WIDE
                ? new Layout(size, size.width() * 11 / 20, 0)
                : new Layout(size, 0, Math.max(0, size.height() - FRAME - Math.max(LEAST_ROWS, size.height() / 5)));
    }

    boolean tooSmall() {
        return size.width() < MIN_WIDTH || size.height() < MIN_HEIGHT;
    }

    static String smallest() {
        return MIN_WIDTH + "x" + MIN_HEIGHT;
    }

    /** Columns of the table. */
    int tableWidth() {
        return size.width() - beside;
    }

    /** Rows of the table in view. */
    int page() {
        return Math.max(1, size.height() - FRAME - below);
    }

    /** Lines between the line about what is shown and the keys. */
    int body() {
        return Math.max(1, size.height() - FRAME + 1);
    }

    int detailWidth() {
        return (beside > 0 ? beside - 2 : size.width()) - 1;
    }

    /** Lines of the detail in view. */
    int detailPage() {
        return Math.max(1, beside > 0 ? body() : below - 1);
    }

    /** Items of a menu in view. */
    int menuPage() {
        return Math.max(1, body() - 2);
    }
}
