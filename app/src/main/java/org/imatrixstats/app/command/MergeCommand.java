package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.option.Options;
import org.imatrixstats.app.option.OutputOptions;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.imatrix.Content;
import org.imatrixstats.combine.Merge;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.io.Count;

public final class MergeCommand extends Command {
    public static final String SUMMARY = "Merge importance matrices, as if their calibration texts had been one text.";

    private final Supplier<List<Path>> files = parameters("IN", Path.class, "importance matrices to merge");
    private final OutputOptions output = include(new OutputOptions());
    private final Supplier<List<Double>> weights = commaSeparated("--weight", "W", Double.class,
            "factors for the inputs, in order; counts are rounded to whole rows, and sums are scaled to match");
    private final Supplier<Merge.Missing> missing = option("--missing", "WHAT", Merge.Missing.class, "keep",
            "what to do with a tensor that some inputs lack: ${COMPLETION-CANDIDATES} (default: keep, with a warning)");
    private final Supplier<Boolean> allowDuplicate = flag("--allow-duplicate",
            "do not warn about duplicate content or datasets");
    private final Console console;

    public MergeCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats merge IN... -o OUT [options]") //
                .header(SUMMARY) //
                .description("",
                        "Adds sums and counts and lists the datasets in order. Legacy files count in chunks; the chunk size comes from the other inputs or from --chunk-size.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats merge prose.gguf code.gguf -o both.gguf",
                        "  imatrix-stats merge prose.gguf code.gguf --weight 1,0.25 -o both.gguf",
                        "  imatrix-stats merge old.dat new.gguf --missing error -o both.gguf");
    }

    @Override
    public Integer call() throws IOException {
        output.validate(commandLine());
        require(commandLine(), weights.get().isEmpty() || weights.get().size() == files.get().size(),
                "--weight needs a factor for each input: " + Count.of(files.get().size(), "input") + ", but "
                        + Count.of(weights.get().size(), "factor"));
        for (double weight : weights.get()) {
            require(commandLine(), weight > 0 && Double.isFinite(weight), "--weight " + weight + " is not above 0");
        }
        Merge.Options options = new Merge.Options(output.chunkSize(), weights.get(), missing.get(),
                output.tolerance());
        try (Inputs inputs = Inputs.open(files.get(), console)) {
            Content merged = Merge.merge(inputs.imatrices(), options, output.format());
            if (!allowDuplicate.get()) {
                warnOfDuplicates(inputs.imatrices());
            }
            output.write(merged, console);
        }
        return ExitCode.DONE;
    }

    private void warnOfDuplicates(List<Imatrix> imatrices) throws IOException {
        List<Imatrix> earlier = new ArrayList<>();
        Map<String, Path> datasets = new HashMap<>();
        for (Imatrix imatrix : imatrices) {
            Imatrix same = first(earlier, imatrix);
            if (same != null) {
                console.warn(
                        imatrix.path() + " has the same content as " + same.path() + ", which is now counted twice");
                continue;
            }
            earlier.add(imatrix);
            for (String dataset : imatrix.origin().datasets()) {
                Path other = datasets.putIfAbsent(dataset, imatrix.path());
                if (other != null && !other.equals(imatrix.path())) {
                    console.warn("dataset '" + dataset + "' is in both " + other + " and " + imatrix.path());
                }
            }
        }
    }

    /** Null if none holds the same. */
    private static Imatrix first(List<Imatrix> earlier, Imatrix imatrix) throws IOException {
        for (Imatrix other : earlier) {
            if (imatrix.holdsSameAs(other)) {
                return other;
            }
        }
        return null;
    }
}
