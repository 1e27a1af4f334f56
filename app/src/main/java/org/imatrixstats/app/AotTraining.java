package org.imatrixstats.app;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

import org.imatrixstats.app.terminal.Terminal;

/** Runs what users run, so that the build can record in the AOT cache which classes and code that takes. */
final class AotTraining {
    private AotTraining() {
    }

    public static void main(String[] arguments) {
        Path testdata = Path.of(arguments[0]);
        String dense = testdata.resolve("dense-prose.gguf").toString();
        String moe = testdata.resolve("moe-prose.dat").toString();
        for (List<String> command : List.of(List.of("--help"), List.of("--version"), List.of("stats", "--help"),
                List.of("completion", "bash"), List.of("stats", dense), List.of("stats", dense, "--layout", "classic"),
                List.of("stats", dense, "--layout", "extended"), List.of("stats", moe, "--level", "expert"),
                List.of("stats", dense, "--format", "json"), List.of("stats", dense, "--format", "csv"),
                List.of("stats", dense, "--format", "markdown"), List.of("stats", dense, "--top", "3"),
                List.of("stats", "missing.gguf"), List.of("--in-file", dense, "--show-statistics"))) {
            Cli cli = new Cli(OutputStream.nullOutputStream(), OutputStream.nullOutputStream(),
                    new Terminal(120, true, false));
            cli.run(command.toArray(String[]::new));
        }
    }
}
