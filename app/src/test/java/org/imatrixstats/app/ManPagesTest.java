package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A manual page per command, of the same texts as its help. */
class ManPagesTest {
    @TempDir
    private Path folder;

    @Test
    void everyCommandHasAPage() throws IOException {
        ManPages.main(new String[]{folder.toString()});
        for (String command : CliRun.outputOf("--help").lines().dropWhile(line -> !line.equals("Commands:")).skip(1)
                .takeWhile(line -> !line.isEmpty()).filter(line -> line.matches("  [a-z].*"))
                .map(line -> line.strip().split(" ")[0]).toList()) {
            assertTrue(Files.exists(folder.resolve("man1/imatrix-stats-" + command + ".1")), command);
        }
        assertTrue(Files.exists(folder.resolve("man1/imatrix-stats.1")));
    }

    @Test
    void aPageHasTheSectionsOfManualPagesAndEveryOption() {
        String page = ManPages.pages().get("imatrix-stats-stats");
        assertEquals(List.of("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "SEE ALSO"),
                page.lines().filter(line -> line.startsWith(".SH ")).map(line -> line.substring(4)).toList());
        for (String option : List.of("\\-\\-level LEVEL", "\\-\\-all", "\\-o, \\-\\-output FILE", "\\-h, \\-\\-help")) {
            assertTrue(page.contains(".TP\n.B " + option + "\n"), option);
        }
        assertTrue(page.contains("(default: auto)") || !page.contains("${"), "variables are filled in");
    }

    /** Nothing in a text is taken for a request: a line starts with one of those used here, or with text. */
    @Test
    void linesAreRequestsOrText() {
        ManPages.pages().forEach((name, page) -> page.lines().forEach(line -> assertTrue(
                !line.startsWith("'")
                        && (!line.startsWith(".") || line.matches("\\.(TH|SH|TP|PP|B|BR|nf|fi|nh|ad)( .*)?")),
                name + ": " + line)));
    }

    @Test
    void groffRendersThem() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/groff")), "there is no groff");
        for (Map.Entry<String, String> page : ManPages.pages().entrySet()) {
            Path file = Files.writeString(folder.resolve(page.getKey() + ".1"), page.getValue());
            Process groff = new ProcessBuilder("/usr/bin/groff", "-man", "-Tascii", "-ww", "-Kutf8", file.toString())
                    .redirectErrorStream(true).redirectOutput(folder.resolve("out").toFile()).start();
            assertEquals(0, groff.waitFor());
            String rendered = Files.readString(folder.resolve("out"), StandardCharsets.ISO_8859_1);
            assertTrue(rendered.contains("(1)"), rendered);
        }
    }
}
