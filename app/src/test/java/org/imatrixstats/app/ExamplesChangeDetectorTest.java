package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.imatrixstats.app.command.ExitCode;
import org.imatrixstats.app.terminal.Terminal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Change detector: what README and docs show is what the tool prints, on a terminal of 100 columns. It finds output that
 * changed. It does not prove that a figure is right.
 */
class ExamplesChangeDetectorTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern EXAMPLE = Pattern.compile("```console\n\\$ (?:\\./)?imatrix-stats ([^\n]*)\n(.*?)```",
            Pattern.DOTALL);
    /** A file that an example writes, or that an earlier one of the page has written. */
    private static final Pattern MADE = Pattern.compile("[a-z]+\\.(gguf|txt)");
    private static final String TARGET = "target/";
    private static final String LEFT_OUT = "…";

    record Example(Path page, String arguments, String output) {
        @Override
        public String toString() {
            return page.getFileName() + ": " + arguments;
        }
    }

    static List<Example> examples() throws IOException {
        List<Example> examples = new ArrayList<>();
        for (Path page : pages()) {
            EXAMPLE.matcher(Files.readString(page)).results()
                    .map((MatchResult match) -> new Example(page, match.group(1), match.group(2)))
                    .forEach(examples::add);
        }
        return examples;
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md")),
                    docs.filter(file -> file.toString().endsWith(".md")).sorted()).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void examplesShowWhatTheToolPrints(Example example) {
        String[] arguments = Stream.of(example.arguments.split(" ")).map(argument -> argument.replace("'", ""))
                .flatMap(ExamplesChangeDetectorTest::files)
                .toArray(String[]::new);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int exit = new Cli(out, new ByteArrayOutputStream(), new Terminal(100, false, false)).run(arguments);
        String printed = out.toString(StandardCharsets.UTF_8).stripTrailing().concat("\n")
                .replace(ROOT + "/testdata/", "testdata/").replace(TARGET, "").replace("\r", "");
        assertTrue(Set.of(ExitCode.DONE, ExitCode.FOUND).contains(exit), () -> "exit code " + exit);
        assertTrue(matches(example.output, printed), () -> "the page shows\n" + example.output + "\nbut it is\n"
                + printed);
    }

    /** The files that an argument stands for, as a shell has it: in the order of their names. */
    private static Stream<String> files(String argument) {
        if (!argument.startsWith("testdata/")) {
            return Stream.of(MADE.matcher(argument).matches() ? TARGET + argument : argument);
        }
        if (!argument.endsWith("*")) {
            return Stream.of(ROOT + "/" + argument);
        }
        String start = ROOT + "/" + argument.substring(0, argument.length() - 1);
        try (Stream<Path> siblings = Files.list(Path.of(start).getParent())) {
            return siblings.map(Path::toString).filter(file -> file.startsWith(start)).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean matches(String shown, String printed) {
        String parts = Stream.of(shown.split("(?m)^" + LEFT_OUT + "\n", -1)).map(Pattern::quote)
                .reduce((before, after) -> before + ".*" + after).orElseThrow();
        return Pattern.compile(parts, Pattern.DOTALL).matcher(printed).matches();
    }
}
