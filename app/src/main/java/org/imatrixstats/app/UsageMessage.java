package org.imatrixstats.app;

import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.option.Names;
import org.imatrixstats.app.terminal.Console;

import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, and what was perhaps meant. */
final class UsageMessage {
    private static final String MODEL = "--model";
    /** Letters of an option, with its dashes, that may be the beginning of any. */
    private static final int SHORT = 3;
    private static final int MOST_WRONG = 3;
    /** Options of llama-quantize that quantize and plan do not have. */
    private static final Map<String, String> OF_LLAMA_QUANTIZE = Map.of(
            "--max-buffer-size", "It limits the memory of llama-quantize: leave it out. ",
            "--dry-run", "'" + Console.NAME + " plan' shows the types and the size without quantizing. ");

    private UsageMessage() {
    }

    static String of(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            String message = e.getMessage();
            return Character.toLowerCase(message.charAt(0)) + message.substring(1);
        }
        String first = unmatched.getUnmatched().getFirst();
        if (unmatched.isUnknownOption()) {
            return "unknown option '" + first + "'";
        }
        if (isOfRoot(e)) {
            return isFile(first)
                    ? "missing command before the file: " + Console.NAME + " stats " + first
                            + " shows its contents"
                    : "unknown command '" + first + "'";
        }
        return "unexpected argument '" + first + "'";
    }

    /** A sentence with a space behind it, or nothing. */
    static String suggestion(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return "";
        }
        String reason = reason(unmatched);
        if (reason != null) {
            return reason;
        }
        List<String> near = near(unmatched);
        return near.isEmpty()
                ? ""
                : "Did you mean " + near.stream().collect(Collectors.joining("' or '", "'", "'")) + "? ";
    }

    /** Why an option of llama-quantize is not there; null of any other. */
    private static String reason(UnmatchedArgumentException e) {
        boolean quantizes = List.of("quantize", "plan").contains(e.getCommandLine().getCommandName());
        return quantizes && e.isUnknownOption()
                ? OF_LLAMA_QUANTIZE.get(e.getUnmatched().getFirst().replaceFirst("=.*", ""))
                : null;
    }

    private static List<String> near(UnmatchedArgumentException e) {
        String first = e.getUnmatched().getFirst();
        if (e.isUnknownOption()) {
            return options(e, first.replaceFirst("=.*", ""));
        }
        if (!isOfRoot(e)) {
            boolean model = options(e, MODEL).contains(MODEL)
                    && !e.getCommandLine().getParseResult().hasMatchedOption(MODEL);
            return model && isFile(first) ? List.of(MODEL + " " + first) : List.of();
        }
        return isFile(first) ? List.of() : e.getSuggestions();
    }

    /** The options that a wrong one begins, or else those that differ from it by few letters. */
    private static List<String> options(UnmatchedArgumentException e, String wrong) {
        List<String> names = e.getCommandLine().getCommandSpec().options().stream()
                .flatMap(option -> Stream.of(option.names())).toList();
        List<String> begun = names.stream().filter(name -> wrong.length() > SHORT && name.startsWith(wrong)).toList();
        if (!begun.isEmpty()) {
            return begun;
        }
        int least = names.stream().mapToInt(name -> Names.distance(wrong, name)).min().orElse(Integer.MAX_VALUE);
        return least > Math.min(MOST_WRONG, wrong.length() / SHORT)
                ? List.of()
                : names.stream().filter(name -> Names.distance(wrong, name) == least).toList();
    }

    private static boolean isOfRoot(ParameterException e) {
        return e.getCommandLine().getParent() == null;
    }

    private static boolean isFile(String argument) {
        return new File(argument).exists();
    }
}
