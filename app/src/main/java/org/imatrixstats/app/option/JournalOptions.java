package org.imatrixstats.app.option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

import org.imatrixstats.app.terminal.Console;

import picocli.CommandLine;

/** How a long measurement is divided among jobs, and resumed after an interruption. */
public final class JournalOptions extends Options {
    private static final String JOURNAL = ".journal";

    private final Supplier<Boolean> resume = flag("--resume",
            "go on with an interrupted measurement, from the journal that it left");
    private final Supplier<Part> part = option("--part", "K/N", Part.class, new Part.Converter(),
            "measure part K of N and write a part file to the output, for job arrays; --merge puts parts together");
    private final Supplier<List<Path>> merged = manyValues("--merge", "PART", Path.class,
            "put part files together; no model is needed");

    /** @param inputs that arguments name as text */
    public void validate(TextOutput output, List<Path> inputs, Console console, CommandLine command)
            throws IOException {
        if (isPart()) {
            require(command, output.toFile(), "--part writes a part file: name it with --output");
            output.validatePlace(inputs, console, command);
        } else {
            output.validate(inputs, console, command);
        }
    }

    public boolean resumes() {
        return resume.get();
    }

    /** Whether this job does a part of the tasks and writes a part file. */
    public boolean isPart() {
        return part.get() != null;
    }

    /** Whether this job does a task. */
    public boolean has(int task) {
        return !isPart() || part.get().has(task);
    }

    /** Part files to put together; empty for a measurement. */
    public List<Path> merged() {
        return merged.get();
    }

    /** The journal beside the output. A part file is a journal. Null without an output. */
    public Path journal(TextOutput output) {
        return isPart() || !output.toFile()
                ? output.file()
                : output.file().resolveSibling(output.file().getFileName() + JOURNAL);
    }
}
