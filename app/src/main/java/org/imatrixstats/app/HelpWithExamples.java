package org.imatrixstats.app;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.imatrixstats.app.terminal.Text;

import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;

/** A help with examples at its end: what an example is for stands behind it, or below it where there is no room. */
final class HelpWithExamples extends Help {
    private static final Pattern WITH_COMMENT = Pattern.compile(" {2}(\\S.*?) {2,}(\\S.*)");
    private static final String INDENT = "  ";
    private static final String CONTINUED = "      ";

    HelpWithExamples(CommandSpec command, ColorScheme colors) {
        super(command, colors);
    }

    @Override
    public String footer(Object... none) {
        int width = commandSpec().usageMessage().width();
        List<String> lines = List.of(commandSpec().usageMessage().footer());
        boolean beside = lines.stream()
                .allMatch(line -> line.length() <= width || !WITH_COMMENT.matcher(line).matches());
        StringBuilder footer = new StringBuilder();
        for (String line : lines) {
            Matcher example = WITH_COMMENT.matcher(line);
            if (!beside && example.matches()) {
                wrap(example.group(1), INDENT, " \\", width, footer);
                wrap(example.group(2), CONTINUED, "", width, footer);
            } else if (line.length() > width) {
                boolean command = line.startsWith(INDENT);
                wrap(line.strip(), command ? INDENT : "", command ? " \\" : "", width, footer);
            } else {
                footer.append(line).append('\n');
            }
        }
        return footer.toString();
    }

    /** @param more what stands at the end of a line that is not the last */
    private static void wrap(String text, String indent, String more, int width, StringBuilder footer) {
        String below = indent.isEmpty() ? "" : CONTINUED;
        List<String> lines = Text.wrapped(text, width - below.length() - more.length());
        footer.append(indent).append(String.join(more + "\n" + below, lines)).append('\n');
    }
}
