package org.imatrixstats.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.combine.Merge;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "merge", mixinStandardHelpOptions = true, sortOptions = false, //
        header = "Add importance matrices, as if their calibration texts had been one.", //
        description = {"",
            "Sums and counts are added, datasets are listed in order. Legacy files count in chunks; how many"
                    + " tokens these have is taken from the other inputs or given."}, //
        footerHeading = "%nExamples:%n", //
        footer = {"  imatrix-stats merge prose.gguf code.gguf -o both.gguf",
            "  imatrix-stats merge prose.gguf code.gguf --weight 1,0.25 -o both.gguf",
            "  imatrix-stats merge old.dat new.gguf --missing error -o both.gguf"})
final class MergeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "IN", description = "importance matrices to add")
    private List<Path> files;

    @Mixin
    private OutputOptions output;

    @Option(names = "--weight", paramLabel = "W", split = ",", description = "a factor for the contribution of each input, in order; counts are rounded to whole rows, and"
            + " sums along with them")
    private List<Double> weights = new ArrayList<>();

    @Option(names = "--missing", paramLabel = "WHAT", defaultValue = "keep", description = "with a tensor that not all inputs have: ${COMPLETION-CANDIDATES} (default: keep, with a"
            + " warning)")
    private Merge.Missing missing;

    @Option(names = "--allow-duplicate", description = "do not warn of the same content or dataset twice")
    private boolean allowDuplicate;

    private final Cli cli;

    MergeCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() throws IOException {
        if (!weights.isEmpty() && weights.size() != files.size()) {
            throw new ParameterException(spec.commandLine(),
                    "--weight has " + weights.size() + " factors for " + files.size() + " inputs");
        }
        for (double weight : weights) {
            if (!(weight > 0) || Double.isInfinite(weight)) {
                throw new ParameterException(spec.commandLine(), "--weight " + weight + " is not above 0");
            }
        }
        Merge.Options options = new Merge.Options(output.chunkSize(spec.commandLine()), weights, missing);
        try (Inputs inputs = Inputs.open(files)) {
            if (!allowDuplicate) {
                warnOfDuplicates(inputs.imatrices());
            }
            output.write(Merge.merge(inputs.imatrices(), options, output.format()), cli);
        }
        return ExitCode.DONE;
    }

    private void warnOfDuplicates(List<Imatrix> imatrices) throws IOException {
        Map<String, Path> contents = new HashMap<>();
        Map<String, Path> datasets = new HashMap<>();
        for (Imatrix imatrix : imatrices) {
            Path same = contents.putIfAbsent(
                    ContentDigest.of(imatrix, Runtime.getRuntime().availableProcessors()).hex(), imatrix.path());
            if (same != null) {
                cli.warn(imatrix.path() + " holds the same as " + same + ", which now counts twice");
                continue;
            }
            for (String dataset : imatrix.origin().datasets()) {
                Path other = datasets.putIfAbsent(dataset, imatrix.path());
                if (other != null && !other.equals(imatrix.path())) {
                    cli.warn("dataset '" + dataset + "' is in both " + other + " and " + imatrix.path());
                }
            }
        }
    }
}
