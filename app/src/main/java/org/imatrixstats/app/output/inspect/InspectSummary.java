package org.imatrixstats.app.output.inspect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.model.GgufModelFile;
import org.imatrixstats.model.Hyperparameter;
import org.imatrixstats.model.MetaModel;
import org.imatrixstats.model.MetaTokenizer;
import org.imatrixstats.model.ModelConfig;
import org.imatrixstats.model.ModelSummary;
import org.imatrixstats.model.PyTorchModel;
import org.imatrixstats.plan.Model;
import org.imatrixstats.tensor.TensorName;

/** A model in a few lines. */
public final class InspectSummary {
    private static final int MOST_NAMES = 5;

    /** A line: what it is about, and what there is to say. */
    record Line(String label, String text) {
    }

    private InspectSummary() {
    }

    static List<Line> lines(InspectReport report) {
        ModelSummary summary = report.summary();
        List<Line> lines = new ArrayList<>();
        lines.add(new Line("format", format(report)));
        if (Model.isImatrix(report.model())) {
            lines.add(new Line("content", "importance matrix, not a model: 'imatrix-stats stats' shows its figures"));
        }
        lines.add(new Line("architecture", architecture(summary.config())));
        lines.add(new Line("parameters", parameters(summary)));
        if (summary.expertParameters() > 0) {
            lines.add(new Line("active", active(summary)));
        }
        lines.add(new Line("size", size(summary)));
        lines.add(new Line("types", types(summary)));
        lines.add(new Line("shape", shape(summary.config())));
        lines.add(new Line("KV per token", kvCache(summary, 1)));
        lines.add(new Line("KV per 1,000", kvCache(summary, 1000)));
        summary.kvBytesAtContext()
                .ifPresent(bytes -> lines.add(new Line("KV at context", Numbers.bytes(bytes) + " (f16)")));
        if (report.model() instanceof MetaModel meta && meta.tokenizer() != null) {
            lines.add(new Line("tokenizer", tokenizer(meta.tokenizer())));
        }
        if (report.model() instanceof PyTorchModel checkpoint) {
            addCheckpoint(lines, checkpoint);
        }
        if (!report.untranslated().isEmpty()) {
            lines.add(new Line("no GGUF name", names(report.untranslated())));
        }
        report.verified().ifPresent(wrong -> lines.add(new Line("checksums",
                wrong.isEmpty() ? "all are right" : Numbers.count(wrong.size(), "error") + ", below")));
        lines.removeIf(line -> line.text.isEmpty());
        return lines;
    }

    private static String format(InspectReport report) {
        int files = report.model().files().size();
        boolean headerOnly = report.summary().fileBytes() < report.summary().storageBytes()
                && report.model() instanceof GgufModelFile;
        return report.model().container() + ", " + Numbers.count(files, "file") + ", "
                + Numbers.bytes(report.summary().fileBytes()) + (headerOnly ? " (data are missing)" : "") + "; "
                + Numbers.count(report.rows().size(), "tensor");
    }

    private static String architecture(ModelConfig config) {
        return Stream.of(config.architecture(), config.name()).filter(text -> text != null)
                .collect(Collectors.joining(", "));
    }

    private static String parameters(ModelSummary summary) {
        boolean shared = summary.elements() != summary.parameters();
        return count(summary.parameters())
                + (shared ? "; " + Numbers.grouped(summary.elements()) + " if what is shared counts each time" : "")
                + (summary.config().architecture() != null && summary.tiedOutput()
                        ? "; output tied to the embedding"
                        : "");
    }

    private static String active(ModelSummary summary) {
        return count(summary.activeParameters()) + " per token"
                + (summary.activeWithoutEmbedding() == summary.activeParameters()
                        ? ""
                        : "; " + Numbers.grouped(summary.activeWithoutEmbedding())
                                + " without the input embedding")
                + "; experts: " + summary.config().get(Hyperparameter.EXPERTS_USED, 0) + " of "
                + summary.config().get(Hyperparameter.EXPERTS, 0) + " per token, "
                + Numbers.grouped(summary.expertParameters()) + " parameters";
    }

    private static String count(long number) {
        String rough = number < 1_000_000
                ? ""
                : number < 1_000_000_000
                        ? " (" + Numbers.fixed(number / 1e6, 1) + " M)"
                        : " (" + Numbers.fixed(number / 1e9, 2) + " B)";
        return Numbers.grouped(number) + rough;
    }

    private static String size(ModelSummary summary) {
        String more = summary.storageBytes() == summary.dataBytes()
                ? ""
                : "; storages have " + Numbers.bytes(summary.storageBytes());
        return Numbers.bytes(summary.dataBytes()) + (Double.isNaN(summary.bitsPerWeight())
                ? ""
                : ", " + Numbers.fixed(summary.bitsPerWeight(), 2) + " bits per weight") + more;
    }

    private static String types(ModelSummary summary) {
        return summary.types().entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<String, ModelSummary.TypeCount> type) -> -type.getValue()
                        .elements()))
                .map(type -> Numbers.grouped(type.getValue().tensors()) + " " + type.getKey())
                .collect(Collectors.joining(", "));
    }

    private static String shape(ModelConfig config) {
        List<String> parts = new ArrayList<>();
        config.get(Hyperparameter.LAYERS).ifPresent(number -> parts.add(Numbers.count(number, "layer")));
        config.get(Hyperparameter.EMBEDDING).ifPresent(number -> parts.add(Numbers.grouped(number) + " wide"));
        config.get(Hyperparameter.FFN).ifPresent(number -> parts.add("FFN " + Numbers.grouped(number)));
        config.get(Hyperparameter.EXPERT_FFN)
                .ifPresent(number -> parts.add("FFN of experts " + Numbers.grouped(number)));
        config.get(Hyperparameter.HEADS).ifPresent(number -> parts.add(Numbers.count(number, "head")));
        config.get(Hyperparameter.KV_HEADS).ifPresent(number -> parts.add(Numbers.count(number, "KV head")
                + config.get(Hyperparameter.KEY_LENGTH).stream().mapToObj(length -> " of " + length)
                        .collect(Collectors.joining())));
        config.get(Hyperparameter.CONTEXT).ifPresent(number -> parts.add("context " + Numbers.grouped(number)));
        config.get(Hyperparameter.VOCAB).ifPresent(number -> parts.add("vocabulary " + Numbers.grouped(number)));
        return String.join(", ", parts);
    }

    /** What keys and values of a number of tokens take. */
    private static String kvCache(ModelSummary summary, long tokens) {
        List<String> parts = new ArrayList<>();
        add(parts, "f16", summary.kvBytesPerToken(), tokens);
        add(parts, "q8_0", summary.kvBytesPerTokenQ8(), tokens);
        add(parts, "f16, values within keys", summary.kvBytesPerTokenLatent(), tokens);
        return String.join(", ", parts);
    }

    private static void add(List<String> parts, String type, OptionalLong bytes, long tokens) {
        if (bytes.isPresent() && bytes.getAsLong() < Long.MAX_VALUE / tokens) {
            parts.add(Numbers.bytes(tokens * bytes.getAsLong()) + " (" + type + ")");
        }
    }

    private static String tokenizer(MetaTokenizer tokenizer) {
        return tokenizer.kind() + ", " + Numbers.count(tokenizer.tokens(), "token") + ", the first is '"
                + tokenizer.first() + "'";
    }

    private static void addCheckpoint(List<Line> lines, PyTorchModel checkpoint) {
        if (checkpoint.key() != null) {
            lines.add(new Line("tensors under", checkpoint.key()));
        }
        if (!checkpoint.outside().isEmpty()) {
            lines.add(new Line("other tensors", names(checkpoint.outside())));
        }
        if (!checkpoint.foreign().isEmpty()) {
            lines.add(new Line("other classes", names(checkpoint.foreign())));
        }
    }

    /** What people must not miss, one line each. */
    public static List<String> warnings(InspectReport report) {
        List<String> warnings = new ArrayList<>();
        if (!report.model().code().isEmpty()) {
            warnings.add("the checkpoint names code that loading it with PyTorch may run: "
                    + names(report.model().code()) + ". Nothing was run here. Do not load it with torch.load");
        }
        layersMissing(report).ifPresent(warnings::add);
        report.verified().ifPresent(warnings::addAll);
        warnings.addAll(report.model().warnings());
        return warnings;
    }

    /** A part of a model, such as one file of a set, lacks layers. */
    private static Optional<String> layersMissing(InspectReport report) {
        OptionalLong stated = report.summary().config().get(Hyperparameter.LAYERS);
        long here = report.rows().stream().filter(row -> row.gguf() != null).map(row -> TensorName.of(row.gguf()))
                .filter(TensorName::hasLayer).mapToInt(TensorName::layer).distinct().count();
        return stated.isEmpty() || here == 0 || here >= stated.getAsLong()
                ? Optional.empty()
                : Optional.of("the model has " + Numbers.count(stated.getAsLong(), "layer") + ", tensors of "
                        + Numbers.grouped(here) + " are here: is it a part of a set? Name its folder or index");
    }

    private static String names(List<String> names) {
        String first = names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
        return names.size() <= MOST_NAMES
                ? first
                : first + " and " + Numbers.grouped(names.size() - MOST_NAMES) + " more";
    }
}
