package org.imatrixstats.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.imatrixstats.ggml.Codecs;
import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.journal.Changes;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.tensor.TensorInfo;

/**
 * Which tensors are changed in which run.
 *
 * @param inputs what is measured
 * @param groups in the order of the model; one run for each
 */
public record MeasurePlan(Inputs inputs, List<Group> groups) {
    /** Version of the measurement. Results of different versions are not mixed. */
    private static final String VERSION = "imatrix-stats measure 1";

    /**
     * What is measured, in the words of the user.
     *
     * @param model      the model
     * @param imatrix    the importance matrix; empty without one
     * @param text       the text
     * @param program    the program whose types are measured
     * @param grouping   which tensors are changed together
     * @param evaluation the digest of model, text and arguments
     */
    public record Inputs(String model, String imatrix, String text, String program, String grouping,
            String evaluation) {
    }

    /** Tensors that are changed together. */
    public record Group(String name, List<GroupLoss.Member> tensors) {
    }

    /**
     * Plans a measurement.
     *
     * @param type    the probe type; a tensor that it does not fit gets the type that the program would give it
     * @param without told of tensors that are left out, and why
     */
    public static MeasurePlan of(Inputs inputs, Grouping grouping, Model model, GgmlType type, Dialect dialect,
            Optional<Imatrix> imatrix, List<String> without) {
        Map<String, Long> sizes = imatrix.map(QuantizeOptions::sizes).orElse(Map.of());
        List<TensorInfo> measured = new ArrayList<>();
        for (TensorInfo tensor : model.tensors()) {
            if (!dialect.mayQuantize(tensor) || model.isUnused(tensor.name()) || tensor.elements() == 0) {
                continue;
            }
            GgmlType probe = probe(type, tensor, dialect);
            if (probe == null || !Codecs.has(probe)) {
                without.add(tensor.name() + ": no block fits rows of " + tensor.ne0() + " values");
            } else if (needsEntry(probe, tensor, dialect) && !dialect.usesEntry(tensor, sizes)) {
                without.add(tensor.name() + ": " + probe.ggmlName() + " demands an entry of an importance matrix");
            } else {
                measured.add(tensor);
            }
        }
        List<Group> groups = new ArrayList<>();
        for (List<TensorInfo> group : grouping.groups(measured)) {
            groups.add(new Group(grouping.name(group.getFirst()), group.stream()
                    .map(tensor -> new GroupLoss.Member(tensor.name(), probe(type, tensor, dialect))).toList()));
        }
        return new MeasurePlan(inputs, groups);
    }

    /** Also where the program lets a tensor pass: its routine would stop. */
    private static boolean needsEntry(GgmlType type, TensorInfo tensor, Dialect dialect) {
        return Codecs.of(type).requiresWeights()
                || dialect.needsEntry(type) && !dialect.exempt().contains(tensor.name());
    }

    private static GgmlType probe(GgmlType type, TensorInfo tensor, Dialect dialect) {
        GgmlType fitting = tensor.ne0() % type.blockSize() == 0 ? type : dialect.fallback(type);
        return fitting == null || tensor.ne0() % fitting.blockSize() != 0 ? null : fitting;
    }

    /**
     * What results belong to.
     *
     * @throws IOException if the importance matrix cannot be read
     */
    public String digest(Optional<Imatrix> imatrix, int threads) throws IOException {
        List<String> texts = new ArrayList<>(List.of(VERSION, inputs.evaluation, inputs.program, inputs.grouping));
        for (Group group : groups) {
            texts.add(group.name);
            group.tensors.forEach(member -> texts.add(member.tensor() + "=" + member.type().ggmlName()));
        }
        if (imatrix.isPresent()) {
            texts.add(ContentDigest.sha256(imatrix.get(), threads));
        }
        return Evaluation.digest(texts);
    }

    /** What of this is not as in an earlier plan; nothing where only arguments or the contents of files differ. */
    public Changes since(MeasurePlan earlier) {
        return new Changes().add("model", earlier.inputs.model, inputs.model)
                .add("importance matrix", earlier.inputs.imatrix, inputs.imatrix)
                .add("text", earlier.inputs.text, inputs.text)
                .add("dialect", earlier.inputs.program, inputs.program)
                .add("groups", earlier.inputs.grouping, inputs.grouping)
                .add("types", earlier.typeNames(), typeNames());
    }

    private String typeNames() {
        return groups.stream().flatMap(group -> group.tensors.stream()).map(GroupLoss.Member::type).distinct().sorted()
                .map(GgmlType::ggmlName).collect(Collectors.joining(","));
    }
}
