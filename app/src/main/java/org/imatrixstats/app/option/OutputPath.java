package org.imatrixstats.app.option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.AtomicFile;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.io.Sources;

import picocli.CommandLine.ParameterException;
import picocli.CommandLine;

/** What every {@code --output} must be, whatever is written to it. */
public final class OutputPath {
    private static final List<String> PACKED = List.of(".gz", ".xz", ".zst", ".zstd", ".bz2", ".lz4", ".lzma", ".br",
            ".zip",
            ".7z");

    /** Extensions that say what is in a file, of what is written here and of what is not. */
    private static final Set<String> TELLING = Set.of("txt", "json", "jsonl", "ndjson", "csv", "tsv", "tab", "md",
            "markdown", "html", "htm", "xml", "yaml", "yml", "toml", "pdf", "doc", "docx", "xls", "xlsx", "ods",
            "parquet",
            "svg", "png", "jpg", "jpeg", "gguf", "dat", "imatrix", "safetensors");

    private OutputPath() {
    }

    /** The extension of a file name in lower case, without its dot; empty if there is none. */
    public static String extension(Path file) {
        String name = file.getFileName() == null ? "" : file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.substring(name.contains(".") ? name.lastIndexOf('.') + 1 : name.length());
    }

    /**
     * Refuses a name that promises something else than is written. What only looks like an extension, as in
     * {@code Qwen3-0.6B}, promises nothing.
     *
     * @param extensions those of what the command writes
     */
    public static void requireOneOf(List<String> extensions, Path output, CommandLine command) {
        String extension = extension(output);
        if (TELLING.contains(extension) && !extensions.contains(extension)) {
            throw new ParameterException(command, "output " + output + ": " + command.getCommandName()
                    + " cannot write ." + extension + ", only " + extensions.stream().map(each -> "." + each)
                            .collect(Collectors.joining(", ")));
        }
    }

    /**
     * Refuses an output that nobody can mean, or that would replace an input: a file that an argument names as a path. Inputs
     * that other inputs name, such as the parts of a model, are refused when the command opens them.
     *
     * @param output null for standard output, which is always right
     * @param more   inputs that arguments name as text
     */
    public static void validate(Path output, List<Path> more, Console console, CommandLine command)
            throws IOException {
        if (output == null) {
            return;
        }
        validate(output, command);
        if (AtomicFile.wouldReplace(output, Options.inputs(command)) || AtomicFile.wouldReplace(output, more)) {
            throw new ParameterException(command, "output " + output + " would replace an input file");
        }
        console.files().protectFrom(output);
    }

    /** Refuses an output that nobody can mean, or that cannot be written. */
    static void validate(Path output, CommandLine command) throws IOException {
        String name = output.toString().toLowerCase(Locale.ROOT);
        if (name.equals("-")) {
            throw new ParameterException(command, "the output needs a file name, not -");
        }
        if (Sources.isRemote(output.toString())) {
            throw new ParameterException(command,
                    "output " + Sources.name(output) + " is an address: name a file of this machine");
        }
        for (String extension : PACKED) {
            if (name.endsWith(extension)) {
                throw new ParameterException(command, "output " + output
                        + " would not be compressed: remove " + extension
                        + " from the name and compress the file afterwards");
            }
        }
        AtomicFile.requireWritable(output);
    }
}
