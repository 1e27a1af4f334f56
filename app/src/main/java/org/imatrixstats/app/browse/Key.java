package org.imatrixstats.app.browse;

/**
 * A key that was pressed.
 *
 * @param name      which
 * @param character the character that it stands for; 0 for other keys
 */
record Key(Name name, int character) {
    enum Name {
        CHARACTER(""), UP("↑"), DOWN("↓"), LEFT("←"), RIGHT("→"), PAGE_UP("PgUp"), PAGE_DOWN("PgDn"), HOME("Home"), END(
                "End"),
        ENTER("Enter"), TAB("Tab"), BACK_TAB("Shift-Tab"), ESCAPE("Esc"), BACKSPACE("Backspace"),
        CONTROL("Ctrl-"), UNKNOWN("");

        private final String label;

        Name(String label) {
            this.label = label;
        }
    }

    static final Key UNKNOWN = of(Name.UNKNOWN);

    static Key of(Name name) {
        return new Key(name, 0);
    }

    static Key of(int character) {
        return new Key(Name.CHARACTER, character);
    }

    /** A letter pressed together with Ctrl. */
    static Key control(char letter) {
        return new Key(Name.CONTROL, letter);
    }

    boolean isCharacter() {
        return name == Name.CHARACTER;
    }

    /** What is printed on the key. */
    String label() {
        return name.label + (character == 0 ? "" : character == ' ' ? "Space" : Character.toString(character));
    }
}
