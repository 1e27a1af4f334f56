package org.imatrixstats.app.input;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;

import org.imatrixstats.app.option.plan.NamedRecipe;
import org.imatrixstats.app.option.plan.PlanOptions;
import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.TemporaryFile;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Progress;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.measure.Evaluation;
import org.imatrixstats.measure.KlDivergence;
import org.imatrixstats.measure.KldPoint;
import org.imatrixstats.measure.LlamaQuantize;
import org.imatrixstats.measure.MeasurePlan;
import org.imatrixstats.measure.WorkFolder;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.quantize.ImportanceWeights;
import org.imatrixstats.quantize.QuantizedModel;

/** Whole models: each is quantized to a temporary file, compared with the original, and deleted. */
public final class ModelMeasurement {
    private final GgufModel source;
    private final Optional<Imatrix> imatrix;
    private final MeasurePlan.Inputs inputs;
    private final int threads;
    private final Console console;
    private final Optional<String> llamaQuantize;
    private final Optional<Path> imatrixPath;

    /** @param llamaQuantize the program that quantizes; empty to do it here */
    public ModelMeasurement(GgufModel source, Optional<Imatrix> imatrix, Optional<Path> imatrixPath,
            MeasurePlan.Inputs inputs, Optional<String> llamaQuantize, int threads, Console console) {
        this.source = source;
        this.imatrix = imatrix;
        this.imatrixPath = imatrixPath;
        this.inputs = inputs;
        this.llamaQuantize = llamaQuantize;
        this.threads = threads;
        this.console = console;
    }

    /** A recipe and what the quantizer makes of it. */
    public record Planned(NamedRecipe recipe, Plan plan, String types) {
    }

    /** @throws IOException if the quantizer would refuse it */
    public Planned plan(NamedRecipe recipe) throws IOException {
        try {
            Plan plan = Plan.of(recipe.program(), Model.of(source),
                    imatrix.map(recipe.options()::withImatrix).orElse(recipe.options()));
            requireWritable(recipe, plan);
            return new Planned(recipe, plan, types(plan));
        } catch (RefusedException e) {
            throw PlanOptions.refusal(recipe.program(), new RefusedException(recipe.name() + ": " + e.getMessage()));
        }
    }

    private static void requireWritable(NamedRecipe recipe, Plan plan) throws RefusedException {
        for (PlannedTensor tensor : plan.tensors()) {
            if (tensor.isBroken() || tensor.isRequantized()) {
                throw new RefusedException("tensor '" + tensor.name() + (tensor.isBroken()
                        ? "': its rows are not whole blocks of " + recipe.program().nameOf(tensor.type())
                        : "' is quantized already: measure the original model"));
            }
        }
        if (!plan.missingImatrix().isEmpty()) {
            throw new RefusedException("tensor '" + plan.missingImatrix().getFirst()
                    + "' demands an entry of an importance matrix: give one with --imatrix");
        }
    }

    private String types(Plan plan) throws IOException {
        return Evaluation.digest(plan,
                imatrix.isPresent() ? Optional.of(ContentDigest.sha256(imatrix.get(), threads)) : Optional.empty());
    }

    /** The point of a model that is measured, without its figures. */
    public KldPoint point(Planned planned, KlDivergence result) {
        return new KldPoint(planned.recipe.name(), inputs.model(), planned.plan.quantBytes(),
                planned.plan.bitsPerWeight(), result, inputs.text(), inputs.evaluation(), planned.types);
    }

    /** Quantizes a model, measures it and deletes it. */
    public KldPoint measure(int number, Planned planned, WorkFolder work, PerplexityRuns runs, WorkFolder.Base base)
            throws IOException {
        PerplexityRuns.requireRoom(work, planned.plan.quantBytes());
        String name = planned.recipe.name();
        try (TemporaryFile file = new TemporaryFile(work.quantized(number))) {
            write(planned, runs.original(), work, file.path());
            KlDivergence result;
            try (Progress progress = console.progress("measuring " + name, base.logits().chunks())) {
                result = runs.in(work).compare(name, file.path(), base.logits(), runs.timeout(base),
                        () -> progress.advance(1));
                progress.note(name + " " + Numbers.fixed(result.kld(), 6) + " ± "
                        + Numbers.significant(result.kldError(), 2));
            }
            return point(planned, result);
        }
    }

    private void write(Planned planned, Path original, WorkFolder work, Path file) throws IOException {
        if (llamaQuantize.isPresent()) {
            console.say("quantizing " + planned.recipe.name() + " with " + llamaQuantize.get() + "\n");
            new LlamaQuantize(llamaQuantize.get(), work.log()).write(original, imatrixPath, planned.plan, file);
            return;
        }
        ImportanceWeights weights = imatrix.isPresent()
                ? ImportanceWeights.of(imatrix.get(), planned.recipe.program())
                : ImportanceWeights.NONE;
        QuantizedModel model = new QuantizedModel(source, planned.plan, weights, new LinkedHashMap<>());
        try (Progress progress = console.progress("quantizing " + planned.recipe.name(), model.dataBytes(),
                Progress.Unit.BYTES);
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            model.writeTo(out, threads, progress::advance);
        }
    }
}
