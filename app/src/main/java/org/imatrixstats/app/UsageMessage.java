package org.imatrixstats.app;

import java.io.File;
import java.util.List;
import java.util.stream.Collectors;

import org.imatrixstats.app.terminal.Console;

import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, and what was perhaps meant. */
final class UsageMessage {
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
        List<String> near = unmatched.getSuggestions();
        return near.isEmpty() || isOfRoot(e) && isFile(unmatched.getUnmatched().getFirst())
                ? ""
                : "Did you mean " + near.stream().collect(Collectors.joining("' or '", "'", "'")) + "? ";
    }

    private static boolean isOfRoot(ParameterException e) {
        return e.getCommandLine().getParent() == null;
    }

    private static boolean isFile(String argument) {
        return new File(argument).exists();
    }
}
