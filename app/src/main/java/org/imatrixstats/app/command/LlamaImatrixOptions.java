package org.imatrixstats.app.command;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

import org.imatrixstats.app.option.Options;

/** The options of {@code llama-imatrix} that matter here, for muscle memory and scripts. */
final class LlamaImatrixOptions extends Options {
    final Supplier<List<Path>> inFiles = repeated("--in-file", "FILE", Path.class,
            "importance matrix to read; may be repeated");
    final Supplier<Boolean> showStatistics = flag("--show-statistics",
            "show the statistics of the files; takes all options of 'stats'");
    final Supplier<String> outputFormat = option("--output-format", "FORMAT", String.class,
            "not supported here; use 'convert --to gguf|dat'");
    final Supplier<Path> model = option("-m --model", "MODEL", Path.class,
            "accepted for compatibility with llama-imatrix; ignored");
    /** Null where only the help is asked for, which does not list them. */
    final StatsOptions options;

    LlamaImatrixOptions(boolean forHelp) {
        options = forHelp ? null : include(new StatsOptions());
    }
}
