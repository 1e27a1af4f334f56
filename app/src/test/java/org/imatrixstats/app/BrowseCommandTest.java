package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.imatrixstats.app.browse.KeyTable;
import org.imatrixstats.app.command.ExitCode;
import org.imatrixstats.app.terminal.Terminal;
import org.junit.jupiter.api.Test;

/** What browse says where it cannot show anything. */
class BrowseCommandTest {
    private static final Terminal WINDOW = new Terminal(80, false, false);
    private static final String FILE = "../testdata/dense-prose.gguf";

    @Test
    void withoutATerminalItSaysInOneLineWhatToUseInstead() {
        String said = CliRun.of("browse", FILE).failed(ExitCode.FAILED);
        assertEquals(1, said.lines().count(), said);
        assertTrue(said.contains("needs a terminal") && said.contains("imatrix-stats stats FILE..."), said);
    }

    @Test
    void aBrokenFileIsSaidBeforeTheScreenIsTaken() {
        assertEquals("imatrix-stats: missing.gguf: no such file\n",
                CliRun.on(WINDOW, "browse", FILE, "missing.gguf").failed(ExitCode.FAILED));
        assertTrue(CliRun.on(WINDOW, "browse", FILE, "--model", FILE).failed(ExitCode.FAILED)
                .contains("is an importance matrix"));
    }

    @Test
    void optionsAreChecked() {
        for (List<String> wrong : List.of(List.of("--threads", "0"), List.of("--experts", "0"),
                List.of("--dialect", "other"))) {
            CliRun.on(WINDOW, "browse", FILE, wrong.get(0), wrong.get(1)).failed(ExitCode.USAGE);
        }
        assertTrue(CliRun.on(WINDOW, "browse", FILE, "--base", "Q4").failed(ExitCode.FAILED).contains("base type"));
    }

    @Test
    void thePageHasTheKeys() throws java.io.IOException {
        String page = Files.readString(Path.of("../docs/browse.md"));
        assertTrue(page.contains(KeyTable.markdown()), () -> "docs/browse.md should have:\n" + KeyTable.markdown());
    }
}
