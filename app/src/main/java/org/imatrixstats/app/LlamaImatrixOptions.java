package org.imatrixstats.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code llama-imatrix} that matter here, for muscle memory and scripts. */
final class LlamaImatrixOptions {
    @Option(names = "--in-file", paramLabel = "FILE", description = "importance matrix to read; may be repeated")
    List<Path> inFiles = new ArrayList<>();

    @Option(names = "--show-statistics", description = "show the statistics of the files, as the command stats does")
    boolean showStatistics;

    @Option(names = {"-m",
        "--model"}, paramLabel = "MODEL", description = "accepted because llama-imatrix demands it; not needed and not read")
    Path model;

    @Mixin
    StatsOptions options = new StatsOptions();
}
