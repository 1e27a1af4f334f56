package org.imatrixstats.app.option.recipe;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.imatrixstats.app.option.Names;
import org.imatrixstats.app.option.Options;
import org.imatrixstats.app.option.plan.ProgramNames;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.Sources;
import org.imatrixstats.recipe.Importance;
import org.imatrixstats.recipe.Ranking;

import picocli.CommandLine;

/** What tensors lose in each type: by what weights and errors, or as it was measured. */
public final class LossOptions extends Options {
    private static final String RESIDUAL_SHARE = "residual-share";
    private static final String PROXY = "proxy";
    private static final String MEASURED = "measured";
    private static final String ALPHAQ = "alphaq";
    private static final List<String> IMPORTANCES = List.of(RESIDUAL_SHARE, PROXY, ALPHAQ, MEASURED);

    private final ImportanceOptions importance = include(new ImportanceOptions());
    private final Supplier<Path> distortion = option("--distortion", "FILE", Path.class,
            "CSV with type,value: distortion of each type, in place of the built-in table");
    private final Supplier<Path> sensitivity = option("--sensitivity", "FILE", Path.class,
            "measured losses, in place of importance: what 'imatrix-stats measure' wrote, or CSV with tensor,value or"
                    + " tensor,type,value");
    private final Supplier<String> measuredType = option("--measured-type", "TYPE", String.class,
            "the type in which the losses of --sensitivity were measured, if the table has no column type");
    private final Supplier<String> by = choice("--importance", "HOW|FILE", IMPORTANCES,
            "how tensors weigh against each other. residual-share: by what their blocks write to the residual stream, times"
                    + " errors measured on the weights (default where the weights can be read); proxy: by their activations and"
                    + " a role for each kind, times a table of distortions; alphaq: by the power-law exponents of the weights alone"
                    + " (data-free); measured: by --sensitivity; or FILE: scores of layers in place of residual shares, the log of"
                    + " ik_llama.cpp's 'llama-imatrix --layer-similarity' or CSV with layer,value");
    private final Supplier<Path> errors = option("--errors", "FILE", Path.class,
            "CSV that 'imatrix-stats error' wrote: measured errors in place of sampling the weights now");
    private final Supplier<Boolean> measureErrors = flag("--measure-errors",
            "measure errors on the weights now, whatever else is asked for: also without an importance matrix, with --importance"
                    + " proxy, or where measured errors are kept already");
    private final Supplier<Boolean> noCache = flag("--no-cache",
            "do not keep or use measured errors in the user's cache folder");

    /**
     * @param hasModel   whether there is a model whose layers scores may be of
     * @param hasImatrix whether there are activations to rank tensors by
     */
    public void validate(CommandLine command, boolean hasModel, boolean hasImatrix) {
        if (!hasImatrix && !ranking().isOfWeights()) {
            refuseAny(command, "needs an importance matrix", "--rank-by", "--beta");
        }
        if (sensitivity.get() != null) {
            importance.refuse(command, "cannot be combined with --sensitivity");
            require(command, by.get() == null || MEASURED.equals(by.get()),
                    "--importance " + by.get() + " cannot be combined with --sensitivity");
        } else {
            require(command, !MEASURED.equals(by.get()), "--importance measured needs --sensitivity: the losses");
            refuseAny(command, "needs --sensitivity", "--measured-type");
        }
        if (scores().isPresent()) {
            validateScores(scores().get(), command, hasModel);
        }
        if (measureErrors.get()) {
            refuseAny(command, "cannot be combined with --measure-errors", "--errors", "--distortion",
                    "--sensitivity");
        }
        importance.validate(command);
    }

    private void validateScores(Path file, CommandLine command, boolean hasModel) {
        require(command, Files.exists(file) || file.toString().equals("-") || Sources.isRemote(file.toString()),
                Names.unknown(by.get(), IMPORTANCES, "--importance") + ", or the name of a file with scores of layers");
        require(command, hasModel, "--importance FILE " + SizeTarget.NEEDS_MODEL);
        importance.refuse(command, "cannot be combined with --importance FILE");
    }

    /** Refuses what goes by the weights of a model. */
    public void refuseWeights(CommandLine command) {
        require(command, !ranking().isOfWeights(),
                "--rank-by " + ranking() + " needs --model: it goes by the weights");
        require(command, !isAlphaQ(), "--importance " + ALPHAQ + " needs --model: it goes by the weights");
    }

    /** Refuses what an importance matrix is needed for. */
    public void refuseShares(CommandLine command) {
        require(command, !isResidualShare(),
                "--importance residual-share needs an importance matrix: it says how large the inputs are");
    }

    public Ranking ranking() {
        return importance.ranking();
    }

    /** Whether tensors weigh by the weights of the model alone. */
    public boolean isDataFree() {
        return isAlphaQ() || ranking().isOfWeights();
    }

    /** The kinds that weights are for, as given. */
    public Stream<String> kinds() {
        return importance.kinds();
    }

    public Importance importance(CommandLine command) {
        return importance.of(command);
    }

    /** The option that asks for the proxy, if one does. */
    public Optional<String> ofProxy(CommandLine command) {
        return distortion.get() == null ? importance.given(command) : Optional.of("--distortion");
    }

    public boolean isResidualShare() {
        return RESIDUAL_SHARE.equals(by.get());
    }

    public boolean isAlphaQ() {
        return ALPHAQ.equals(by.get());
    }

    /** The option that asks for what is data-free. */
    public String dataFree() {
        return isAlphaQ() ? "--importance " + ALPHAQ : "--rank-by " + ranking();
    }

    /** Whether neither residual shares nor scores can be meant. */
    public boolean isWithoutShares() {
        return PROXY.equals(by.get()) || isAlphaQ() || sensitivity.get() != null;
    }

    /** Where scores of layers are from; empty if --importance is one of its words. */
    public Optional<Path> scores() {
        return by.get() == null || IMPORTANCES.contains(by.get()) ? Optional.empty() : Optional.of(Path.of(by.get()));
    }

    public Optional<Path> distortion() {
        return Optional.ofNullable(distortion.get());
    }

    public Optional<Path> sensitivity() {
        return Optional.ofNullable(sensitivity.get());
    }

    /** The type of measured losses, where their table does not say it. */
    public Optional<GgmlType> measuredType(ProgramNames names) {
        return Optional.ofNullable(measuredType.get()).map(name -> names.type("--measured-type", name));
    }

    public Optional<Path> errors() {
        return Optional.ofNullable(errors.get());
    }

    /** Whether errors are measured now, whatever is kept. */
    public boolean measuresErrors() {
        return measureErrors.get();
    }

    /** Whether figures in the user's cache folder are used, and kept there. */
    public boolean isCached() {
        return !noCache.get();
    }
}
