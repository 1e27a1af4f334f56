package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.imatrixstats.app.input.Spectra;
import org.imatrixstats.app.input.Inputs;
import org.imatrixstats.app.option.EnumNames;
import org.imatrixstats.app.option.Names;
import org.imatrixstats.app.option.TensorSelection;
import org.imatrixstats.app.option.TextOutput;
import org.imatrixstats.app.option.ThreadsOption;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.spectrum.SpectrumReport;
import org.imatrixstats.app.output.spectrum.SpectrumDetail;
import org.imatrixstats.app.output.spectrum.SpectrumWriter;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.spectrum.Estimator;
import org.imatrixstats.spectrum.MatrixSpectrum;
import org.imatrixstats.spectrum.ModelSpectrum;
import org.imatrixstats.spectrum.SpectrumOptions;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;

public final class SpectrumCommand extends Command {
    public static final String SUMMARY = "Show how structured the matrices of a model are, and what that says about pruning.";
    private static final String TENSOR = "tensor";
    private static final String LAYER = "layer";
    private static final SpectrumReport.Pruning USUAL = SpectrumReport.Pruning.DEFAULT;

    private final Supplier<Path> model = parameter("MODEL", Path.class,
            "a model: GGUF, safetensors or PyTorch; a file, any part of a split one, or a folder");
    private final Supplier<List<Path>> imatrices = repeated("--imatrix", "FILE", Path.class,
            "an importance matrix of the model: adds outliers of layers (OWL) and saliency curves (Wanda). May be given several"
                    + " times");
    private final Supplier<SpectrumOptions.Method> method = option("--method", "HOW", SpectrumOptions.Method.class,
            new EnumNames<>(() -> List.of(SpectrumOptions.Method.values()), "method"),
            Stream.of(SpectrumOptions.Method.values()).map(Enum::toString).toList(),
            "exact: all singular values, 1 to 2 minutes for 4096 × 4096; farms: windows of 128 × 128, exponents only;"
                    + " auto: exact if the model takes about a minute (default: auto)");
    private final Supplier<Estimator> score = option("--score", "EXPONENT", Estimator.class,
            new EnumNames<>(() -> List.of(Estimator.values()), "exponent"),
            Stream.of(Estimator.values()).map(Enum::toString).toList(),
            "the exponent α: ${COMPLETION-CANDIDATES} (default: xmin_peak, as AlphaPruning; hill_tenth of windows, as AlphaQ)");
    private final Supplier<List<String>> scored = commaSeparated("--score-kind", "GLOB",
            "kinds whose exponents make the score of a layer, such as attn_q,attn_output (default: attn_*,ffn_*)");
    private final Supplier<Double> sparsity = option("--sparsity", "S", Double.class, Double.toString(USUAL.sparsity()),
            "share of the weights to prune, over all layers (default: ${DEFAULT-VALUE})");
    private final Supplier<Double> epsilon = option("--epsilon", "E", Double.class, Double.toString(USUAL.epsilon()),
            "how far the shares are spread by exponents: 1 ± E before scaling (default: ${DEFAULT-VALUE})");
    private final Supplier<Double> lambda = option("--lambda", "L", Double.class, Double.toString(USUAL.lambda()),
            "how far the shares are spread by outliers (default: ${DEFAULT-VALUE})");
    private final TensorSelection selection = include(new TensorSelection());
    private final Supplier<List<String>> plotted = commaSeparated("--plot", "TENSOR",
            "in a table: draw the spectrum of these tensors with its fit, and their saliency");
    private final Supplier<Boolean> all = flag("--all", "in a table: all matrices, not only the heaviest tails");
    private final Supplier<String> level = choice("--level", "LEVEL", List.of(TENSOR, LAYER),
            "in CSV: a row for each tensor, or for each layer (default: tensor)");
    private final Supplier<Boolean> values = flag("--singular-values", "in JSON: all singular values");
    private final Supplier<Boolean> noCache = flag("--no-cache",
            "do not keep or use singular values in the user's cache folder");
    private final TextOutput output = include(TextOutput.of(
            List.of(OutputFormat.TABLE, OutputFormat.CSV, OutputFormat.JSON, OutputFormat.MARKDOWN)));
    private final ThreadsOption threads = include(new ThreadsOption());
    private final Console console;

    public SpectrumCommand(Console console) {
        this.console = console;
        help().customSynopsis("imatrix-stats spectrum MODEL [--imatrix FILE] [options]") //
                .header(SUMMARY) //
                .description("",
                        "Computes singular values of all matrices: power-law exponents, ranks, entropies. Layers get the shares to"
                                + " prune that AlphaPruning and OWL give them. The scores are heuristics: they do not replace a"
                                + " measured perplexity.") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats spectrum model-f16.gguf                          exponents and shares by layer",
                        "  imatrix-stats spectrum model-f16.gguf --imatrix imatrix.gguf   with outliers and saliency",
                        "  imatrix-stats spectrum model-f16.gguf --sparsity 0.5 --epsilon 0.3 -o ratios.json",
                        "  imatrix-stats spectrum model-f16.gguf --method exact --plot blk.0.attn_q.weight",
                        "  imatrix-stats spectrum model-f16.gguf --method exact --kind attn_q,attn_k --all",
                        "  imatrix-stats spectrum model-f16.gguf --level layer -o layers.csv");
    }

    @Override
    public Integer call() throws IOException {
        validate();
        try (Inputs open = Inputs.open(imatrices.get(), console);
                Spectra spectra = Spectra.open(model.get(), console)) {
            select(spectra.tensors().tensors());
            ModelSpectrum spectrum = spectra.compute(new SpectrumOptions(
                    method.get() == null ? SpectrumOptions.Method.AUTO : method.get(), open.imatrices(), ratios(),
                    selection, scored(), threads.count(), Spectra.cache(!noCache.get())));
            SpectrumReport report = new SpectrumReport(spectrum, spectra.file().config().architecture(),
                    score.get() == null ? SpectrumReport.defaultScore(spectrum) : score.get(),
                    new SpectrumReport.Pruning(sparsity.get(), epsilon.get(), lambda.get()));
            output.write(SpectrumWriter.text(output.format(), report, output.terminal(console),
                    new SpectrumDetail(all.get(), LAYER.equals(level.get()), values.get(), plotted(spectrum))),
                    console);
        }
        return ExitCode.DONE;
    }

    private void validate() throws IOException {
        output.validate(console, commandLine());
        require(commandLine(), sparsity.get() > 0 && sparsity.get() < 1,
                "--sparsity " + sparsity.get() + " is out of range: expected more than 0 and less than 1");
        require(commandLine(), epsilon.get() >= 0 && epsilon.get() < 1,
                "--epsilon " + epsilon.get() + " is out of range: expected 0 or more and less than 1");
        require(commandLine(), lambda.get() >= 0 && lambda.get() < 1,
                "--lambda " + lambda.get() + " is out of range: expected 0 or more and less than 1");
        require(commandLine(), level.get() == null || List.of(TENSOR, LAYER).contains(level.get()),
                "--level '" + level.get() + "' is unknown: expected tensor or layer");
        require(commandLine(), level.get() == null || output.format() == OutputFormat.CSV,
                "--level works only with --format csv");
        require(commandLine(), !values.get() || output.format() == OutputFormat.JSON,
                "--singular-values works only with --format json");
    }

    /** What nothing matches is a mistake, before it takes time. */
    private void select(List<TensorInfo> tensors) throws FormatException {
        List<TensorName> names = tensors.stream().map(tensor -> TensorName.of(tensor.name())).toList();
        List<String> kinds = names.stream().map(TensorName::kind).distinct().sorted().toList();
        if (names.stream().noneMatch(selection)) {
            throw new FormatException(model.get(), selection.whyNone(kinds));
        }
        Stream.concat(selection.unknownKinds(kinds).stream(),
                scored.get().stream().filter(glob -> kinds.stream().noneMatch(TensorSelection.glob(glob)))
                        .map(glob -> Names.unknown(glob, kinds, "kind")))
                .findFirst().ifPresent(message -> require(commandLine(), false, message));
        List<String> all = names.stream().map(TensorName::name).toList();
        plotted.get().stream().filter(name -> !all.contains(name)).findFirst()
                .ifPresent(name -> require(commandLine(), false,
                        "--plot: the model has no tensor '" + name + "'" + Names.suggestion(name, all)));
    }

    private Predicate<String> scored() {
        return scored.get().isEmpty()
                ? SpectrumOptions::isScored
                : scored.get().stream().map(TensorSelection::glob).reduce(Predicate::or).orElseThrow();
    }

    private List<Double> ratios() {
        List<Double> ratios = new ArrayList<>(List.of(0.5, 0.7));
        if (!ratios.contains(sparsity.get())) {
            ratios.add(sparsity.get());
        }
        return ratios;
    }

    private List<MatrixSpectrum> plotted(ModelSpectrum spectrum) {
        return plotted.get().stream()
                .flatMap(name -> spectrum.matrices().stream().filter(matrix -> matrix.name().name().equals(name)))
                .toList();
    }
}
