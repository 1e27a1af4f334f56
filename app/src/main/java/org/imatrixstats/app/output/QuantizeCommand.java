package org.imatrixstats.app.output;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.imatrixstats.imatrix.quantize.Dialect;
import org.imatrixstats.imatrix.quantize.Rule;

/** The command line of {@code llama-quantize} that follows a recipe. */
final class QuantizeCommand {
    private static final Pattern PART = Pattern.compile("(.*)-\\d{5}(-of-\\d{5}\\.gguf)");
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9_./:@%+-]+");
    private static final String MODEL = "MODEL.gguf";

    private final RecipeReport report;

    QuantizeCommand(RecipeReport report) {
        this.report = report;
    }

    /** The rules as the dialect takes them: one string for --custom-q, arguments for --tensor-type. */
    String rules() {
        return isIk()
                ? customQ() + "\n"
                : report.rules().stream().map(rule -> "--tensor-type " + rule.text() + "\n")
                        .collect(Collectors.joining());
    }

    /** One rule per line, as {@code --tensor-type-file} of llama.cpp takes them. */
    String ruleFile() {
        return report.rules().stream().map(rule -> rule.text() + "\n").collect(Collectors.joining());
    }

    private boolean isIk() {
        return report.dialect() == Dialect.ikLlamaCpp();
    }

    private String customQ() {
        return report.rules().stream().map(Rule::text).collect(Collectors.joining(","));
    }

    /** The arguments, each option with its value in a list of its own. */
    private List<List<String>> lines() {
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("llama-quantize"));
        if (report.files().imatrix().isPresent()) {
            lines.add(List.of("--imatrix", imatrix().toString()));
        }
        if (isIk()) {
            lines.add(List.of("--custom-q", customQ()));
        } else {
            report.rules().forEach(rule -> lines.add(List.of("--tensor-type", rule.text())));
        }
        lines.add(List.of(model(), output(), report.base().name()));
        return lines;
    }

    List<String> arguments() {
        return lines().stream().flatMap(List::stream).toList();
    }

    /** For a POSIX shell. */
    String shell() {
        String convert = mustConvert()
                ? "imatrix-stats convert " + quoted(report.files().imatrix().orElseThrow().toString()) + " -o "
                        + quoted(imatrix().toString()) + " &&\n"
                : "";
        return convert + lines().stream()
                .map(line -> line.stream().map(QuantizeCommand::quoted).collect(Collectors.joining(" ")))
                .collect(Collectors.joining(" \\\n  ", "", "\n"));
    }

    /** ik_llama.cpp reads legacy importance matrices only. */
    private boolean mustConvert() {
        return isIk() && report.files().imatrix().isPresent() && !report.files().legacyImatrix();
    }

    private Path imatrix() {
        Path given = report.files().imatrix().orElseThrow();
        return mustConvert()
                ? given.resolveSibling(given.getFileName().toString().replaceFirst("(?i)\\.gguf$", "") + ".dat")
                : given;
    }

    /** Of a split model the first part, which is what llama-quantize is given. */
    private String model() {
        return report.files().model().map(path -> {
            Matcher part = PART.matcher(path.toString());
            return part.matches() ? part.group(1) + "-00001" + part.group(2) : path.toString();
        }).orElse(MODEL);
    }

    /** In the folder where the command is run. */
    private String output() {
        String name = report.files().model().map(path -> path.getFileName().toString()).orElse(MODEL)
                .replaceFirst("(-\\d{5}-of-\\d{5})?\\.gguf$", "").replaceFirst("(?i)[-.](bf16|f16|f32)$", "");
        String size = report.sized().map(sized -> String.format(Locale.ROOT, "%.2fbpw",
                sized.recipe().plan().bitsPerWeight())).orElse(report.base().name() + "-recipe");
        return name + "-" + size + ".gguf";
    }

    private static String quoted(String argument) {
        return SAFE.matcher(argument).matches() ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
