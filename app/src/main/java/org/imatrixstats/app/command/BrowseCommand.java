package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.imatrixstats.app.browse.Browse;
import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.input.ModelInput;
import org.imatrixstats.app.option.ExpertsOption;
import org.imatrixstats.app.option.ThreadsOption;
import org.imatrixstats.app.option.plan.BaseOption;
import org.imatrixstats.app.option.plan.DialectOption;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;

public final class BrowseCommand extends Command {
    public static final String SUMMARY = "Browse importance matrices in a full-screen view: sort, filter, compare, mark.";

    private final Supplier<List<Path>> files = parameters("FILE", Path.class, "importance matrices to browse");
    private final Supplier<Path> model = option("--model", "MODEL", Path.class,
            "the model to be quantized (" + ModelInput.ACCEPTED
                    + "; its header is enough): shows sizes of the marked tensors");
    private final BaseOption base = include(new BaseOption());
    private final DialectOption dialect = include(new DialectOption());
    private final ExpertsOption experts = include(new ExpertsOption());
    private final Supplier<Terminal.Color> color = option("--color", "WHEN", Terminal.Color.class, "auto",
            "${COMPLETION-CANDIDATES}; auto: unless NO_COLOR is set");
    private final Supplier<Boolean> ascii = flag("--ascii", "ASCII characters only");
    private final ThreadsOption threads = include(new ThreadsOption());
    private final Console console;

    public BrowseCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats browse FILE... [options]") //
                .header(SUMMARY) //
                .description("",
                        "Press ? for the keys and q to quit. Space marks tensors, m shows the quantization rules for the marked tensors, w writes them to a file.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats browse imatrix.gguf                       one file",
                        "  imatrix-stats browse prose.gguf code.gguf               two: Tab switches, c compares",
                        "  imatrix-stats browse imatrix.gguf --model model.gguf    and sizes of the marked tensors");
    }

    @Override
    public Integer call() throws IOException {
        if (console.terminal().columns() == Terminal.UNLIMITED) {
            throw Browse.noTerminal();
        }
        Dialect program = dialect.orLlamaCpp();
        base.validate(commandLine());
        try (Inputs inputs = Inputs.open(files.get(), console)) {
            return Browse.run(inputs.imatrices(),
                    experts.given(), threads.count(), program,
                    header(), base.of(program), inputFiles(),
                    console.terminal().with(color.get(), ascii.get()).colored(),
                    ascii.get());
        }
    }

    private List<Path> inputFiles() {
        return Stream.concat(files.get().stream(), Stream.ofNullable(model.get())).toList();
    }

    private Optional<Model> header() throws IOException {
        return model.get() == null ? Optional.empty() : Optional.of(ModelInput.read(model.get(), console));
    }
}
