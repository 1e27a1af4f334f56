package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

import org.imatrixstats.app.terminal.Console;

public final class StatsCommand extends Command {
    private final Supplier<List<Path>> files = parameters("FILE", Path.class, "importance matrices to read");
    private final Supplier<Path> model = option("--model", "MODEL", Path.class,
            "the model, with its weights: also show how much of the residual stream each block writes (GGUF, safetensors"
                    + " or PyTorch)");
    private final Supplier<Boolean> noCache = flag("--no-cache",
            "with --model: do not keep or use figures in the user's cache folder");
    private final StatsOptions options = include(new StatsOptions());
    private final Console console;

    public StatsCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats stats FILE... [options]") //
                .header("Show the statistics of importance matrices.") //
                .description("",
                        "Reads GGUF and legacy (.dat) files. The content decides, not the name. Files packed with gzip, xz, zstd or bzip2 are unpacked on the fly.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats stats imatrix.gguf                          what stands out, on one screen",
                        "  imatrix-stats stats imatrix.gguf --all                    and every tensor and layer",
                        "  imatrix-stats stats imatrix.gguf --kind 'ffn_*' --top 10  the ten highest robust z",
                        "  imatrix-stats stats imatrix.gguf --level expert           experts of a MoE model",
                        "  imatrix-stats stats imatrix.gguf --model model.gguf       and what each layer writes to the stream",
                        "  imatrix-stats stats imatrix.gguf --layout classic         the table of llama-imatrix",
                        "  imatrix-stats stats a.gguf b.dat --format json            for programs",
                        "  imatrix-stats stats imatrix.gguf -o stats.csv             for spreadsheets");
    }

    @Override
    public Integer call() throws IOException {
        require(commandLine(), model.get() != null || !noCache.get(), "--no-cache needs --model");
        return options.show(files.get(), model.get(), !noCache.get(), console, commandLine());
    }
}
