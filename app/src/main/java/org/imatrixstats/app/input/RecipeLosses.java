package org.imatrixstats.app.input;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import org.imatrixstats.app.option.plan.ProgramNames;
import org.imatrixstats.app.option.recipe.LossOptions;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.recipe.Distortion;
import org.imatrixstats.recipe.Losses;
import org.imatrixstats.recipe.RankedByWeights;
import org.imatrixstats.recipe.Ranking;
import org.imatrixstats.recipe.Recipe;
import org.imatrixstats.recipe.RecipeOptions;
import org.imatrixstats.recipe.Sensitivity;
import org.imatrixstats.recipe.TensorErrors;
import org.imatrixstats.recipe.residual.LayerScores;
import org.imatrixstats.recipe.residual.ResidualShare;
import org.imatrixstats.spectrum.ModelSpectrum;
import org.imatrixstats.spectrum.SpectrumOptions;
import org.imatrixstats.stats.Report;

/** What the tensors of a model lose in each type, by what the command line asks for and the files hold. */
public final class RecipeLosses {
    /** Losses, and why they do not go by the weights of the model where that is the default. */
    public record Basis(Losses losses, Optional<String> withoutWeights) {
        private Basis(Losses losses) {
            this(losses, Optional.empty());
        }
    }

    /**
     * An importance matrix.
     *
     * @param entries values per entry, as the quantizer counts them
     */
    public record Activations(Imatrix imatrix, Report report, Map<String, Long> entries) {
    }

    private final LossOptions asked;
    private final ProgramNames names;
    private final Path modelPath;
    private final Model model;
    private final Optional<Activations> activations;
    private final MeasuredWeights weights;
    private final int threads;
    private final Console console;

    /** @param beside types whose errors are needed beside those that the recipe chooses from */
    public RecipeLosses(LossOptions asked, ProgramNames names, Path modelPath, ModelFile file, Model model,
            Optional<Activations> activations, Supplier<List<GgmlType>> beside, int threads, Console console)
            throws IOException {
        this.asked = asked;
        this.names = names;
        this.modelPath = modelPath;
        this.model = model;
        this.activations = activations;
        this.weights = new MeasuredWeights(file, activations.map(Activations::imatrix).orElse(null), asked.isCached(),
                beside, threads, console);
        this.threads = threads;
        this.console = console;
    }

    /** @param warnings what the user is told about the figures is added */
    public Basis of(RecipeOptions options, List<String> warnings) throws IOException {
        Dialect program = options.dialect();
        Distortion table = asked.distortion().isPresent()
                ? distortion(asked.distortion().get(), program)
                : Distortion.measured(program);
        Optional<Sensitivity> measured = asked.sensitivity().isPresent()
                ? Optional.of(sensitivity(asked.sensitivity().get(), program))
                : Optional.empty();
        Losses proxy = new Losses(program, weights(warnings), table, measured,
                activations.map(each -> each.entries().keySet()).orElse(Set.of()), errors(program), false);
        if (asked.measuresErrors()) {
            proxy = proxy.with(weights.errorsNow(Recipe.candidates(options, model), program));
        }
        Basis basis = basis(proxy, options, warnings);
        if (measured.isPresent()) {
            warnings.addAll(measured.get().warnings());
            warnings.addAll(measured.get().unknown(model));
        }
        return basis;
    }

    private Distortion distortion(Path path, Dialect program) throws IOException {
        try (ByteSource file = console.files().open(path)) {
            return Distortion.read(file, program);
        }
    }

    private Sensitivity sensitivity(Path path, Dialect program) throws IOException {
        try (ByteSource file = console.files().open(path)) {
            return Sensitivity.read(file, program, asked.measuredType(names));
        }
    }

    private Optional<TensorErrors> errors(Dialect program) throws IOException {
        if (asked.errors().isEmpty()) {
            return Optional.empty();
        }
        try (ByteSource file = console.files().open(asked.errors().get())) {
            return Optional.of(TensorErrors.read(file, program));
        }
    }

    /** By activations, or by the weights alone where that was asked for. */
    private Map<String, Double> weights(List<String> warnings) throws IOException {
        boolean alphaQ = asked.isAlphaQ();
        Ranking ranking = asked.ranking();
        if (!asked.isDataFree()) {
            return asked.importance(names.command()).weights(model, activations.map(Activations::report));
        }
        warnings.add(asked.dataFree()
                + " is data-free: it knows the weights and nothing of the activations, and some models gain nothing from it."
                + " Compare the KL divergence with that of a recipe without it");
        try (Spectra spectra = Spectra.open(modelPath, console)) {
            ModelSpectrum spectrum = spectra.compute(
                    ranking.needsAllSingularValues() && !alphaQ
                            ? SpectrumOptions.Method.EXACT
                            : SpectrumOptions.Method.FARMS,
                    List.of(), _ -> true, threads, asked.isCached());
            return alphaQ
                    ? RankedByWeights.alphaQ(model, spectrum, spectra.variances(threads), RankedByWeights.GAMMA)
                    : asked.importance(names.command()).weights(model, ranking.robustZ(spectrum));
        }
    }

    /** Residual shares and measured errors, if the weights can be read and the user chose nothing else. */
    private Basis basis(Losses proxy, RecipeOptions options, List<String> warnings) throws IOException {
        if (proxy.sensitivity().filter(Sensitivity::isOfOneType).isPresent()) {
            return new Basis(new MeasuredLosses(weights, proxy, options).losses(model, warnings));
        }
        if (asked.scores().isPresent()) {
            try (ByteSource file = console.files().open(asked.scores().get())) {
                return new Basis(new ScoredLosses(LayerScores.read(file), weights, options,
                        asked.distortion().isEmpty()).losses(proxy, model, warnings));
            }
        }
        if (activations.isEmpty() || asked.isWithoutShares()) {
            return new Basis(proxy);
        }
        Optional<String> ofProxy = asked.ofProxy(names.command());
        if (!asked.isResidualShare() && ofProxy.isPresent()) {
            return new Basis(proxy, asked.ranking().isOfWeights()
                    ? Optional.empty()
                    : Optional.of(ofProxy.get() + " is an option of the proxy"));
        }
        Optional<ResidualShare> shares = weights.shares();
        if (shares.isEmpty()) {
            if (asked.isResidualShare()) {
                throw new FormatException(modelPath, "has no residual shares: " + weights.whyNoShares());
            }
            return new Basis(proxy, Optional.of(weights.whyNoShares()));
        }
        Optional<TensorErrors> measured = proxy.errors();
        if (measured.isEmpty()) {
            measured = Optional.of(weights.errors(Recipe.candidates(options, model), options.dialect()));
        }
        return new Basis(new Losses(options.dialect(), shares.get().weights(), proxy.distortion(),
                Optional.empty(), proxy.entries(), measured, true));
    }
}
