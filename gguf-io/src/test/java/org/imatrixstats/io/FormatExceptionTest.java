package org.imatrixstats.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FormatExceptionTest {
    private static final String FILE = "a.gguf";

    @Test
    void namesFileOffsetAndTensor() {
        assertEquals("a.gguf: offset 0x1f, tensor 'blk.0': is there twice",
                new FormatException(FILE, 31, "blk.0", "is there twice").getMessage());
        assertEquals("a.gguf: offset 0x1f: wrong", new FormatException(FILE, 31, "wrong").getMessage());
        assertEquals("a.gguf: tensor 'blk.0': wrong", new FormatException(FILE, "blk.0", "wrong").getMessage());
    }

    /** A line end, the escape that starts commands to a terminal, and a mark that turns the text around. */
    @Test
    void showsControlCharactersInNamesInsteadOfPrintingThem() {
        assertEquals("a.gguf: tensor 'a\\u000ab\\u001b[2Jc\\u202e$1': wrong",
                new FormatException(FILE, "a\nb\u001b[2Jc\u202e$1", "wrong").getMessage());
    }
}
