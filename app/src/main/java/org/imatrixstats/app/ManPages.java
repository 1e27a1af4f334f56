package org.imatrixstats.app;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Terminal;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Writes a manual page per command, of what the commands know of themselves.
 *
 * <p>Picocli's own generator writes AsciiDoc, which would need Asciidoctor, and so JRuby, in every build.
 */
final class ManPages {
    private static final String BY_ITSELF = Console.NAME;

    private ManPages() {
    }

    /** Writes the pages into the folder of section 1 within a folder of manual pages. */
    public static void main(String[] arguments) throws IOException {
        Path section = Files.createDirectories(Path.of(arguments[0], "man1"));
        for (Map.Entry<String, String> page : pages().entrySet()) {
            Files.writeString(section.resolve(page.getKey() + ".1"), page.getValue());
        }
    }

    /** The pages in roff by their names, such as {@code imatrix-stats-merge}. */
    static Map<String, String> pages() {
        CommandLine all = new Cli(OutputStream.nullOutputStream(), OutputStream.nullOutputStream(), Terminal.PIPE)
                .commandLine("");
        Map<String, String> pages = new TreeMap<>();
        List<String> names = new ArrayList<>(List.of(BY_ITSELF));
        all.getSubcommands().keySet().forEach(command -> names.add(BY_ITSELF + "-" + command));
        pages.put(BY_ITSELF, page(BY_ITSELF, all, names));
        all.getSubcommands().forEach(
                (command, line) -> pages.put(BY_ITSELF + "-" + command, page(BY_ITSELF + "-" + command, line, names)));
        return pages;
    }

    private static String page(String name, CommandLine command, List<String> names) {
        CommandSpec spec = command.getCommandSpec();
        UsageMessageSpec help = spec.usageMessage();
        StringBuilder page = new StringBuilder(".TH \"").append(escaped(name.toUpperCase(Locale.ROOT)))
                .append("\" \"1\"\n.nh\n.ad l\n");
        section(page, "NAME").append(escaped(name)).append(" \\- ").append(escaped(String.join(" ", help.header())))
                .append('\n');
        section(page, "SYNOPSIS").append(".nf\n").append(lines(help.customSynopsis())).append(".fi\n");
        if (help.description().length > 0) {
            section(page, "DESCRIPTION");
            for (String paragraph : help.description()) {
                page.append(paragraph.isEmpty() ? "" : ".PP\n" + line(paragraph));
            }
        }
        if (!command.getSubcommands().isEmpty()) {
            section(page, "COMMANDS");
            command.getSubcommands().forEach((each, line) -> item(page, BY_ITSELF + " " + each,
                    line.getCommandSpec().usageMessage().header()));
        }
        section(page, "OPTIONS");
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            item(page, parameter.paramLabel(), parameter.description());
        }
        for (OptionSpec option : spec.options()) {
            if (!option.hidden()) {
                item(page, names(option), option.description());
            }
        }
        if (help.footer().length > 0) {
            section(page, "EXAMPLES").append(".nf\n").append(lines(help.footer())).append(".fi\n");
        }
        section(page, "SEE ALSO").append(names.stream().filter(other -> !other.equals(name))
                .map(other -> ".BR " + escaped(other) + " (1)").collect(Collectors.joining(" ,\n"))).append('\n');
        return page.toString();
    }

    private static String names(OptionSpec option) {
        return String.join(", ", option.names()) + (option.arity().max() > 0 ? " " + option.paramLabel() : "");
    }

    private static StringBuilder section(StringBuilder page, String title) {
        return page.append(".SH ").append(title).append('\n');
    }

    private static void item(StringBuilder page, String term, String[] description) {
        page.append(".TP\n.B ").append(escaped(term)).append('\n').append(line(String.join(" ", description)));
    }

    private static String lines(String[] lines) {
        return List.of(lines).stream().map(String::strip).map(ManPages::line).collect(Collectors.joining());
    }

    /** Text that is never a request, whatever it starts with. */
    private static String line(String text) {
        return "\\&" + escaped(text) + "\n";
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-").replace("%n", "");
    }
}
