package org.imatrixstats.app.output.recipe;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.imatrixstats.app.output.Numbers;
import org.imatrixstats.app.output.Shell;
import org.imatrixstats.io.Sources;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.plan.Rule;

/** The command line of {@code llama-quantize} that follows a recipe. */
final class QuantizeCommand {
    private static final Pattern PART = Pattern.compile("(.*)-\\d{5}(-of-\\d{5}\\.gguf)");
    private static final Pattern NUMBER_OR_OPTION = Pattern.compile("[\\s+0-9-]");
    private static final Pattern OTHER_CONTAINER = Pattern.compile("(?is).*\\.(safetensors|bin|pth|pt|json)");
    private static final String MODEL = "MODEL.gguf";
    private static final String IMATRIX = "IMATRIX";
    private static final String GGUF = ".gguf";
    private static final String LEGACY = ".dat";
    private static final Path STANDARD_INPUT = Path.of("-");

    private final RecipeReport report;

    QuantizeCommand(RecipeReport report) {
        this.report = report;
    }

    /** The rules as the dialect takes them: one string for --custom-q, arguments for --tensor-type. */
    String rules() {
        return report.dialect().joinsRules()
                ? customQ() + "\n"
                : report.rules().stream().map(rule -> "--tensor-type " + rule.text() + "\n")
                        .collect(Collectors.joining());
    }

    /** One rule per line, as {@code --tensor-type-file} of llama.cpp takes them. */
    String ruleFile() {
        return report.rules().stream().map(rule -> rule.text() + "\n").collect(Collectors.joining());
    }

    private String customQ() {
        return report.rules().stream().map(Rule::text).collect(Collectors.joining(","));
    }

    /** The arguments, each option with its value in a list. */
    private List<List<String>> lines() {
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("llama-quantize"));
        if (report.sized().stream().flatMap(sized -> sized.recipe().plan().tensors().stream())
                .anyMatch(PlannedTensor::isRequantized)) {
            lines.add(List.of("--allow-requantize"));
        }
        if (report.files().imatrix().isPresent()) {
            lines.add(List.of("--imatrix", imatrix()));
        }
        if (report.dialect().joinsRules()) {
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

    /** Quoted for the shell. */
    String text(Shell shell) {
        List<String> commands = new ArrayList<>();
        report.files().imatrix().filter(this::mustConvert).ifPresent(
                given -> commands.add(shell.command("imatrix-stats", "convert", named(given), "-o", imatrix())));
        commands.add(shell.command(lines()));
        return shell.inTurn(commands) + "\n";
    }

    /** ik_llama.cpp reads legacy importance matrices only, and neither program what is compressed. */
    private boolean mustConvert(RecipeReport.ImatrixFile imatrix) {
        return report.dialect().joinsRules() && !imatrix.legacy() || imatrix.compressed();
    }

    /** What llama-quantize is given: the importance matrix, or what it is converted to. */
    private String imatrix() {
        RecipeReport.ImatrixFile given = report.files().imatrix().orElseThrow();
        if (!mustConvert(given)) {
            return named(given);
        }
        Path path = Path.of(named(given));
        String format = report.dialect().joinsRules() || given.legacy() ? LEGACY : GGUF;
        String name = path.getFileName().toString().replaceFirst("(?i)\\.(gz|xz|zst|bz2)$", "")
                .replaceFirst("(?i)\\.(gguf|dat)$", "");
        Path converted = path.resolveSibling(name + format);
        return argument(converted.equals(path) ? path.resolveSibling(name + "-unpacked" + format) : converted);
    }

    /** What was read from standard input has no name that a command could use. */
    private static String named(RecipeReport.ImatrixFile imatrix) {
        return imatrix.path().equals(STANDARD_INPUT) || Sources.isRemote(imatrix.path().toString())
                ? IMATRIX + (imatrix.legacy() ? LEGACY : GGUF)
                : argument(imatrix.path());
    }

    /** A path that cannot be taken for an option. */
    private static String argument(Path path) {
        return path.toString().startsWith("-") ? "./" + path : path.toString();
    }

    /** Whether llama-quantize can read the model as it was named: a GGUF file of this machine. */
    private static boolean isGguf(Path path) {
        return !Sources.isRemote(path.toString()) && !Files.isDirectory(path)
                && !OTHER_CONTAINER.matcher(path.toString()).matches();
    }

    /** The model, or its first part, which llama-quantize expects. */
    private String model() {
        return report.files().model().filter(QuantizeCommand::isGguf).map(path -> {
            Matcher part = PART.matcher(argument(path));
            return part.matches() ? part.group(1) + "-00001" + part.group(2) : argument(path);
        }).orElse(MODEL);
    }

    /**
     * A file in the current folder. A name that begins with a number gets {@code ./} in front: both programs read
     * {@code 8b.gguf} as type 8.
     */
    private String output() {
        String name = report.files().model().map(path -> path.getFileName().toString()).orElse(MODEL)
                .replaceFirst("(-\\d{5}-of-\\d{5})?\\.gguf$", "").replaceFirst("(?i)[-.](bf16|f16|f32)$", "");
        String size = report.sized().map(sized -> Numbers.fixed(sized.recipe().plan().bitsPerWeight(), 2) + "bpw")
                .orElse(report.base().name() + "-recipe");
        String file = name + "-" + size + GGUF;
        return NUMBER_OR_OPTION.matcher(file).lookingAt() ? "./" + file : file;
    }
}
