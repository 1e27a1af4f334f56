package org.imatrixstats.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

import org.imatrixstats.app.output.AtomicFile;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What every {@code --output} must be, whatever is written to it. */
final class OutputPath {
    private static final List<String> PACKED = List.of(".gz", ".xz", ".zst", ".zstd", ".bz2", ".lz4", ".lzma", ".br",
            ".zip",
            ".7z");

    private OutputPath() {
    }

    /**
     * Refuses an output that nobody can mean.
     *
     * @param output null for standard output, which is always right
     * @param inputs files that must be left as they are
     */
    static void validate(Path output, List<Path> inputs, CommandLine command) throws IOException {
        if (output == null) {
            return;
        }
        String name = output.toString().toLowerCase(Locale.ROOT);
        if (name.equals("-")) {
            throw new ParameterException(command, "--output needs the name of a file, not -");
        }
        for (String extension : PACKED) {
            if (name.endsWith(extension)) {
                throw new ParameterException(command, "--output " + output
                        + " would not be packed, whatever its name: leave " + extension
                        + " away and pack it afterwards");
            }
        }
        if (AtomicFile.wouldReplace(output, inputs)) {
            throw new ParameterException(command, "--output " + output + " would replace an input file");
        }
    }
}
