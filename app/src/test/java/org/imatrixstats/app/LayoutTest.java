package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The layouts of llama-imatrix against what the programs themselves printed, character for character. */
class LayoutTest {
    @ParameterizedTest
    @ValueSource(strings = {"classic", "extended"})
    void printsWhatTheProgramPrints(String layout) throws IOException {
        assertSameText(layout, ReferenceFiles.withExpected("." + layout + ".txt"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "extended"})
    void printsWhatTheProgramPrintsOfRealModels(String layout) throws IOException {
        assertSameText(layout, ReferenceFiles.realWithExpected("." + layout + ".txt"));
    }

    private static void assertSameText(String layout, List<Path> files) throws IOException {
        assertTrue(files.size() > 1, "reference files are missing");
        UnaryOperator<String> order = layout.equals("classic") ? LayoutTest::withTiesInOrder : UnaryOperator.identity();
        for (Path file : files) {
            String printed = CliRun.outputOf("stats", file, "--layout", layout)
                    .replace(" " + file + " (", " " + file.getFileName() + " (");
            String expected = Files.readString(ReferenceFiles.expected(file, "." + layout + ".txt"));
            assertEquals(order.apply(expected), order.apply(printed), file.toString());
        }
    }

    /**
     * The classic program sorts by Σ alone and not stably: rows of one Σ and one tensor name, which is printed without
     * its block, are put in order of their text.
     */
    private static String withTiesInOrder(String text) {
        String[] lines = text.split("\n", -1);
        int from = 0;
        for (int i = 1; i <= lines.length; i++) {
            if (i == lines.length || !sum(lines[i]).equals(sum(lines[from]))) {
                Arrays.sort(lines, from, i);
                from = i;
            }
        }
        return String.join("\n", lines);
    }

    /** The column of Σ in the table of tensors, which has 13; a line of anything else has a text of its own. */
    private static String sum(String line) {
        String[] cells = line.split("\t");
        return cells.length == 13 ? cells[2] : line;
    }

    @Test
    void classicInAsciiHasTheSameRows() {
        String file = ReferenceFiles.testdata("dense-prose.gguf").toString();
        String ascii = CliRun.outputOf("stats", file, "--layout", "classic", "--ascii");
        assertEquals(CliRun.outputOf("stats", file, "--layout", "classic").replace("Σ", "sum").replace("μ", "mu")
                .replace("σ", "sigma").replace("²", "^2"), ascii);
        assertTrue(ascii.chars().allMatch(c -> c < 0x80));
    }

    @Test
    void theOptionsOfLlamaImatrixGiveTheSameReport() {
        String file = ReferenceFiles.testdata("dense-prose.gguf").toString();
        for (String layout : List.of("default", "classic", "extended")) {
            assertEquals(CliRun.outputOf("stats", file, "--layout", layout),
                    CliRun.outputOf("--in-file", file, "--show-statistics", "-m", "no-such-model.gguf", "--layout",
                            layout));
        }
    }
}
