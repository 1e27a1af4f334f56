package org.imatrixstats.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.imatrixstats.app.output.AtomicFile;
import org.imatrixstats.app.output.CheckFormat;
import org.imatrixstats.app.output.CheckReport;
import org.imatrixstats.app.output.CheckWriter;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.gguf.FormatException;
import org.imatrixstats.gguf.GgufShards;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.check.ImatrixCheck;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "check", mixinStandardHelpOptions = true, sortOptions = false, //
        header = "Find what is wrong with importance matrices before hours of quantizing do.", //
        description = {"",
            "Exit code 0: no errors; 3: errors, or warnings with --strict; 1: a file is no importance matrix at all"
                    + " or cannot be read."}, //
        footerHeading = "%nExamples:%n", //
        footer = {"  imatrix-stats check imatrix.gguf                            the file by itself",
            "  imatrix-stats check imatrix.gguf --model model.gguf         and whether it fits the model",
            "  imatrix-stats check *.gguf --strict && ./quantize-all.sh    only if all are sound",
            "  imatrix-stats check imatrix.gguf --format json              for programs"})
final class CheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "importance matrices to check")
    private List<Path> files;

    @Option(names = "--model", paramLabel = "MODEL", description = "the model to be quantized (GGUF; any part of a split one): do its tensors and those of FILE match?"
            + " Its header is enough")
    private Path model;

    @Option(names = "--min-tokens", paramLabel = "N", description = "tokens that an expert needs not to be called rarely reached (default: ${DEFAULT-VALUE})")
    private long minTokens = ImatrixCheck.DEFAULT_MIN_TOKENS;

    @Option(names = "--strict", description = "exit code 3 for warnings too")
    private boolean strict;

    @Option(names = "--format", paramLabel = "FORMAT", description = "${COMPLETION-CANDIDATES} (default: by the extension of the output file, else table)")
    private CheckFormat format;

    @Option(names = "--all", description = "in a table: every place, not the first five of a code")
    private boolean all;

    @Option(names = {"-o",
        "--output"}, paramLabel = "FILE", description = "write to a file, which is replaced as a whole or not at all")
    private Path output;

    @Option(names = "--color", paramLabel = "WHEN", defaultValue = "auto", description = "${COMPLETION-CANDIDATES}; auto: on a terminal, unless NO_COLOR is set")
    private Terminal.Color color;

    @Option(names = "--ascii", description = "tables in ASCII characters only")
    private boolean ascii;

    private final Cli cli;

    CheckCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() throws IOException {
        if (minTokens < 1) {
            throw new ParameterException(spec.commandLine(), "--min-tokens must be at least 1, not " + minTokens);
        }
        Terminal terminal = (output == null ? cli.terminal() : Terminal.PIPE).with(color, ascii);
        CheckWriter writer = format().writer(terminal, all);
        Optional<GgufShards> header = header();
        boolean failed = false;
        for (Path file : files) {
            CheckReport report = check(file, header);
            writer.add(report);
            failed |= report.failed();
        }
        if (output == null) {
            cli.print(writer.text());
        } else {
            AtomicFile.write(output, writer.text());
        }
        return failed ? ExitCode.FOUND : ExitCode.DONE;
    }

    private Optional<GgufShards> header() throws IOException {
        if (model == null) {
            return Optional.empty();
        }
        GgufShards header = GgufShards.open(model);
        if (header.metadata().text("general.type").equals(Optional.of("imatrix"))) {
            throw new FormatException(model, "is an importance matrix, expected a model");
        }
        return Optional.of(header);
    }

    private CheckReport check(Path file, Optional<GgufShards> header) throws IOException {
        try (Imatrix imatrix = ImatrixReader.open(file)) {
            return new CheckReport(file, ImatrixCheck.findings(imatrix, minTokens, header,
                    Runtime.getRuntime().availableProcessors()), strict);
        }
    }

    private CheckFormat format() {
        return format != null ? format : output != null ? CheckFormat.ofExtension(output) : CheckFormat.TABLE;
    }
}
