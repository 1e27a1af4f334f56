package org.imatrixstats.app.option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Supplier;

import org.imatrixstats.app.output.AtomicFile;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Progress;
import org.imatrixstats.imatrix.Content;
import org.imatrixstats.imatrix.ImatrixWriter;
import org.imatrixstats.combine.InvalidValueException;
import org.imatrixstats.combine.Tolerance;
import org.imatrixstats.imatrix.Imatrix;

import picocli.CommandLine;

/** Where an importance matrix is written to, and in which container. */
public final class OutputOptions extends Options {
    /** The containers by the names that llama-imatrix gives them. */
    public enum Container {
        GGUF(Imatrix.Format.GGUF), DAT(Imatrix.Format.LEGACY);

        private final Imatrix.Format format;

        Container(Imatrix.Format format) {
            this.format = format;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final List<String> EXTENSIONS = List.of("gguf", "dat", "imatrix");

    private final Supplier<Path> output = requiredOption("-o --output", "OUT", Path.class,
            "file to write; it is replaced only on success");
    private final Supplier<Container> container = option("--to", "CONTAINER", Container.class,
            "${COMPLETION-CANDIDATES} (default: dat for a file named *.dat, else gguf)");
    private final Supplier<Integer> chunkSize = option("--chunk-size", "N", Integer.class,
            "tokens per chunk, for the output and for legacy inputs, which do not store it (default: that of the inputs)");

    private final Supplier<Boolean> likeLlamaImatrix = flag("--like-llama-imatrix",
            "keep 1.0 in all columns of an expert as data, which legacy files hold for experts that no token reached"
                    + " (default: such experts have no data)");
    private final Supplier<Boolean> allowInvalid = flag("--allow-invalid",
            "write NaN and infinite values, at which llama-quantize stops");

    /** An input may be replaced by what is made of it. */
    public void validate(CommandLine command) throws IOException {
        OutputPath.validate(output.get(), command);
        if (container.get() == null) {
            OutputPath.requireOneOf(EXTENSIONS, output.get(), command);
        }
    }

    public Imatrix.Format format() {
        if (container.get() != null) {
            return container.get().format;
        }
        return OutputPath.extension(output.get()).equals("dat") ? Imatrix.Format.LEGACY : Imatrix.Format.GGUF;
    }

    public OptionalLong chunkSize() {
        return chunkSize.get() == null ? OptionalLong.empty() : OptionalLong.of(chunkSize.get());
    }

    public Tolerance tolerance() {
        return new Tolerance(likeLlamaImatrix.get(), allowInvalid.get());
    }

    /** Writes the content, and says what was lost and what was written. */
    public void write(Content content, Console console) throws IOException {
        ImatrixWriter writer = ImatrixWriter.of(format());
        try (Progress progress = console.progress("writing " + output.get(), content.valueBytes())) {
            AtomicFile.write(output.get(), out -> writer.write(content, out, progress::advance));
        } catch (InvalidValueException e) {
            throw new IOException(e.getMessage() + "; --allow-invalid writes it all the same", e);
        }
        // Not before: what is refused while it is written has no warnings.
        content.warnings().forEach(console::warn);
        writer.losses(content).forEach(console::warn);
        content.warningsOfValues().forEach(console::warn);
        console.print(output.get() + ": " + Numbers.count(writer.tensorCount(content), "tensor") + ", "
                + Numbers.count(content.chunks(), "chunk")
                + (content.chunkSize().isPresent()
                        ? " of " + Numbers.count(content.chunkSize().getAsLong(), "token")
                        : "")
                + ", " + format().label() + "\n");
    }
}
