package org.imatrixstats.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;

import org.imatrixstats.app.output.AtomicFile;
import org.imatrixstats.app.terminal.Progress;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.combine.Content;
import org.imatrixstats.imatrix.combine.ImatrixWriter;

import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where an importance matrix is written to, and in which container. */
final class OutputOptions {
    /** The containers by the names that llama-imatrix gives them. */
    enum Container {
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

    @Option(names = {"-o",
        "--output"}, paramLabel = "OUT", required = true, description = "file to write, which is replaced as a whole or not at all")
    private Path output;

    @Option(names = "--to", paramLabel = "CONTAINER", description = "${COMPLETION-CANDIDATES} (default: dat for a file named *.dat, else gguf)")
    private Container container;

    @Option(names = "--chunk-size", paramLabel = "N", description = "tokens per chunk of the output, and of legacy files, which do not say (default: that of the"
            + " inputs)")
    private Integer chunkSize;

    Imatrix.Format format() {
        boolean dat = output.toString().toLowerCase(Locale.ROOT).endsWith(".dat");
        return (container != null ? container : dat ? Container.DAT : Container.GGUF).format;
    }

    OptionalLong chunkSize(CommandLine command) {
        if (chunkSize != null && chunkSize < 1) {
            throw new ParameterException(command, "--chunk-size must be at least 1, not " + chunkSize);
        }
        return chunkSize == null ? OptionalLong.empty() : OptionalLong.of(chunkSize);
    }

    /** Writes the content, and says what was lost and what was written. */
    void write(Content content, Cli cli) throws IOException {
        ImatrixWriter writer = ImatrixWriter.of(format());
        content.warnings().forEach(cli::warn);
        writer.losses(content).forEach(cli::warn);
        try (Progress progress = cli.progress("writing " + output, content.valueBytes())) {
            AtomicFile.write(output, out -> writer.write(content, out, progress::advance));
        }
        cli.print(output + ": " + content.parts().size() + " tensors, " + format().label() + "\n");
    }
}
