package org.imatrixstats.app.browse;

import org.imatrixstats.app.terminal.Text;
import org.jline.utils.AttributedStyle;

/** How things look. Colour only repeats what signs say, and can be read on a light ground and on a dark one. */
record Palette(boolean colored, boolean ascii) {
    /** The text in the characters that may be used; before its width is measured. */
    String text(String text) {
        return ascii ? Text.ascii(text) : text;
    }

    AttributedStyle plain() {
        return AttributedStyle.DEFAULT;
    }

    AttributedStyle bold() {
        return AttributedStyle.BOLD;
    }

    AttributedStyle dim() {
        return AttributedStyle.DEFAULT.faint();
    }

    /** The title, the keys, the selected row. */
    AttributedStyle inverse() {
        return AttributedStyle.INVERSE;
    }

    AttributedStyle high() {
        return colored ? AttributedStyle.BOLD.foreground(AttributedStyle.MAGENTA) : plain();
    }

    AttributedStyle low() {
        return colored ? AttributedStyle.DEFAULT.foreground(AttributedStyle.MAGENTA) : plain();
    }

    AttributedStyle bar() {
        return low();
    }
}
