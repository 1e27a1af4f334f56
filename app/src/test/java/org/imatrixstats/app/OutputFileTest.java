package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code -o}: the file is replaced as a whole or not at all. */
class OutputFileTest {
    private static final Path DENSE = ReferenceFiles.testdata("dense-prose.gguf");

    @TempDir
    private Path folder;

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"a.json, json", "a.jsonl, jsonl", "a.ndjson, jsonl", "a.csv, csv", "A.CSV, csv", "a.tsv, tsv",
        "a.tab, tsv", "a.md, markdown", "a.markdown, markdown", "a.txt, table", "a, table", "csv, table",
        "a.csv.bak, table", "Qwen3-0.6B, table"})
    void theExtensionChoosesTheFormat(String name, String format) throws IOException {
        Path file = folder.resolve(name);
        assertEquals("", CliRun.outputOf("stats", DENSE, "-o", file));
        assertEquals(CliRun.outputOf("stats", DENSE, "--format", format), Files.readString(file));
        assertEquals(List.of(name), files());
    }

    @ParameterizedTest
    @CsvSource({"stats, a.xml", "stats, a.gguf", "stats, A.HTML", "compare, a.dat", "converge, a.xlsx", "check, a.csv",
        "plan, a.tsv", "recipe, a.tsv", "report, a.json", "convert, a.csv", "merge, a.json", "subtract, a.txt"})
    void anExtensionThatPromisesWhatIsNotWrittenIsRefused(String command, String name) throws IOException {
        String model = ReferenceFiles.testdata("models/tiny-english-f16.header.gguf").toString();
        List<Object> inputs = switch (command) {
            case "compare", "converge", "subtract" -> List.of(DENSE, DENSE);
            case "plan" -> List.of(model);
            case "recipe" -> List.of("--model", model, "--target-bpw", "5");
            default -> List.of(DENSE);
        };
        String error = CliRun.of(Stream.concat(Stream.of(command),
                Stream.concat(inputs.stream(), Stream.of("-o", folder.resolve(name)))).toArray()).failed(2);
        assertTrue(
                error.contains(
                        ": " + command + " cannot write ." + name.toLowerCase(Locale.ROOT).substring(2) + ", only ."),
                error);
        assertEquals(List.of(), files());
    }

    @ParameterizedTest
    @CsvSource({"imatrix.dat, 0", "x.imatrix.dat, 0", "x.imatrix, GGUF", ".imatrix, GGUF", "imatrix, GGUF",
        "imatrix.gguf, GGUF", "imatrix.gguf.at_20, GGUF", "Qwen3-0.6B, GGUF"})
    void whatImatricesAreCalledIsWritten(String name, String start) throws IOException {
        Path file = folder.resolve(name);
        CliRun.outputOf("convert", DENSE, "-o", file);
        assertEquals(start.equals("GGUF"), new String(Files.readAllBytes(file), 0, 4, StandardCharsets.ISO_8859_1)
                .equals("GGUF"));
    }

    @Test
    void whatRecipeWritesFollowsTheExtension() throws IOException {
        String model = ReferenceFiles.testdata("models/tiny-english-f16.header.gguf").toString();
        for (String name : List.of("a.json, json", "a.md, markdown", "a.txt, command", "a.sh, command")) {
            Path file = folder.resolve(name.split(", ")[0]);
            CliRun.outputOf("recipe", "--model", model, "--target-bpw", "5", "-o", file);
            assertEquals(CliRun.outputOf("recipe", "--model", model, "--target-bpw", "5", "--emit",
                    name.split(", ")[1]), Files.readString(file));
        }
    }

    @Test
    void aFormatThatIsGivenWins() throws IOException {
        Path file = folder.resolve("a.csv");
        CliRun.outputOf("stats", DENSE, "--output", file, "--format", "tsv");
        assertEquals(CliRun.outputOf("stats", DENSE, "--format", "tsv"), Files.readString(file));
        Path plot = folder.resolve("plot.dat");
        CliRun.outputOf("stats", DENSE, "-o", plot, "--format", "tsv");
        assertEquals(Files.readString(file), Files.readString(plot));
    }

    @Test
    void aFileHasNoColoursAndIsAsWideAsItMustBe() throws IOException {
        Path file = folder.resolve("a.txt");
        CliRun.on(new Terminal(40, true, false), "stats", DENSE, "-o", file).succeeded();
        assertEquals(CliRun.outputOf("stats", DENSE), Files.readString(file));
    }

    @Test
    void aFailureLeavesTheOldFileWhole() throws IOException {
        Path file = Files.writeString(folder.resolve("a.csv"), "old");
        CliRun.of("stats", DENSE, folder.resolve("missing"), "-o", file).failed(1);
        CliRun.of("stats", DENSE, "--layers", "77", "-o", file).failed(1);
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("a.csv"), files());
    }

    @Test
    void anOldFileIsReplacedAndKeepsItsPermissions() throws IOException {
        FileStore store = Files.getFileStore(folder);
        assumeTrue(store.supportsFileAttributeView("posix"), "no permissions here");
        Path file = Files.writeString(folder.resolve("a.csv"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        CliRun.outputOf("stats", DENSE, "-o", file);
        assertTrue(Files.readString(file).startsWith("file,name"));
        assertEquals("rw-rw-r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    /** Root may do anything, so the bits alone protect a file. */
    @Test
    void aFileThatIsReadOnlyIsNotReplaced() throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"), "no permissions here");
        Path file = Files.copy(DENSE, folder.resolve("precious.gguf"));
        byte[] before = Files.readAllBytes(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        Path link = Files.createSymbolicLink(folder.resolve("link.gguf"), file);
        for (Path output : List.of(file, link)) {
            assertEquals("imatrix-stats: " + output + ": could not be written: it is read-only\n",
                    CliRun.of("merge", DENSE, DENSE, "--allow-duplicate", "-o", output).failed(1));
            assertEquals("imatrix-stats: " + output + ": could not be written: it is read-only\n",
                    CliRun.of("convert", file, "-o", output).failed(1));
        }
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    @Test
    void aNewFileHasThePermissionsOfAnyOther() throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"), "no permissions here");
        Path any = Files.writeString(folder.resolve("any"), "");
        Path file = folder.resolve("a.csv");
        CliRun.outputOf("stats", DENSE, "-o", file);
        assertEquals(Files.getPosixFilePermissions(any), Files.getPosixFilePermissions(file));
    }

    @Test
    void aLinkIsFollowed() throws IOException {
        Path target = Files.writeString(folder.resolve("target.csv"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link.csv"), Path.of("target.csv"));
        CliRun.outputOf("stats", DENSE, "-o", link);
        assertTrue(Files.isSymbolicLink(link));
        assertTrue(Files.readString(target).startsWith("file,name"));
    }

    @Test
    void aLinkToALinkToNothingIsFollowed() throws IOException {
        Files.createSymbolicLink(folder.resolve("second"), Path.of("target.csv"));
        Path first = Files.createSymbolicLink(folder.resolve("first"), Path.of("second"));
        CliRun.outputOf("stats", DENSE, "-o", first, "--format", "csv");
        assertTrue(Files.isSymbolicLink(folder.resolve("second")));
        assertTrue(Files.readString(folder.resolve("target.csv")).startsWith("file,name"));
    }

    @Test
    void aDeviceIsWrittenTo() {
        Path device = Path.of("/dev/null");
        assumeTrue(Files.exists(device), "there is no /dev/null");
        assertEquals("", CliRun.outputOf("stats", DENSE, "-o", device));
        assertFalse(Files.isRegularFile(device));
    }

    @Test
    void whatCannotBeWrittenIsOneLineAndExitCode1() throws IOException {
        Path notAFolder = Files.writeString(folder.resolve("file"), "");
        for (Path file : List.of(folder, folder.resolve("missing/a.csv"), notAFolder.resolve("a.csv"))) {
            String error = CliRun.of("stats", DENSE, "-o", file).failed(1);
            assertTrue(error.startsWith("imatrix-stats: " + file + ": could not be written: "), error);
            assertEquals(1, error.lines().count(), error);
            assertFalse(error.contains(".tmp"), error);
        }
        assertEquals(List.of("file"), files());
    }

    /** A spectrum takes an hour. */
    @ParameterizedTest
    @ValueSource(strings = {"spectrum", "weights", "check", "convert"})
    void whatCannotBeWrittenIsSaidBeforeAnythingIsRead(String command) {
        Path file = folder.resolve("missing/a");
        assertEquals("imatrix-stats: " + file + ": could not be written: its directory does not exist\n",
                CliRun.of(command, folder.resolve("no input"), "-o", file).failed(1));
    }

    @Test
    void aNameAsLongAsAFileSystemAllowsIsWritten() throws IOException {
        Path file = folder.resolve("n".repeat(251) + ".csv");
        CliRun.outputOf("stats", DENSE, "-o", file);
        assertEquals(List.of(file.getFileName().toString()), files());
    }

    @ParameterizedTest
    @CsvSource({"stats, a.csv.gz", "check, a.json.XZ", "convert, a.gguf.zst", "stats, a.bz2"})
    void aPackedFileIsNotPromised(String command, String name) throws IOException {
        assertTrue(CliRun.of(command, DENSE, "-o", folder.resolve(name)).failed(2).contains("would not be compressed"));
        assertEquals(List.of(), files());
    }

    @Test
    void checkReplacesNeitherItsInputNorItsModel() throws IOException {
        Path model = ReferenceFiles.testdata("models/tiny-english-f16.header.gguf");
        for (Path output : List.of(DENSE, model)) {
            byte[] before = Files.readAllBytes(output);
            assertTrue(CliRun.of("check", DENSE, "--model", model, "-o", output).failed(2)
                    .contains("would replace an input file"));
            assertArrayEquals(before, Files.readAllBytes(output));
        }
    }

    @Test
    void aMinusIsNoNameOfAFile() {
        assertTrue(CliRun.of("stats", DENSE, "-o", "-").failed(2).contains("needs a file name"));
    }

    @Test
    void anInputFileIsNotReplaced() throws IOException {
        Path input = Files.copy(DENSE, folder.resolve("in.gguf"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), input);
        for (Path output : List.of(input, link, folder.resolve(".").resolve("in.gguf"))) {
            assertTrue(CliRun.of("stats", DENSE, input, "-o", output).failed(2)
                    .contains("would replace an input file"));
        }
        assertArrayEquals(Files.readAllBytes(DENSE), Files.readAllBytes(input));
    }

    /** The command line names the folder alone. */
    @Test
    void noFileOfAModelInAFolderIsReplaced() throws IOException {
        Path config = Files.writeString(folder.resolve("config.json"), "{}");
        Files.copy(ReferenceFiles.testdata("checkpoints/hf-single/model.safetensors"),
                folder.resolve("model.safetensors"));
        assertEquals("imatrix-stats: " + config
                + ": is an input, and --output would replace it: name another output\n",
                CliRun.of("inspect", folder, "-o", config).failed(1));
        assertEquals("{}", Files.readString(config));
    }

    @Test
    void verifyDoesNotReplaceItsRecipe() throws IOException {
        Path model = ReferenceFiles.testdata("models/tiny-english-f16.header.gguf");
        Path recipe = folder.resolve("recipe.json");
        CliRun.outputOf("recipe", "--model", model, "--target-bpw", 5, "-o", recipe);
        assertTrue(CliRun.of("verify", model, model, "--recipe", recipe, "-o", recipe).failed(2)
                .contains("would replace an input file"));
    }

    /** An option declares that it names a file; no command lists what it reads. */
    @ParameterizedTest
    @ValueSource(strings = {"--imatrix", "--distortion", "--sensitivity", "--errors", "--results", "--importance"})
    void noFileThatAnOptionNamesIsReplaced(String option) throws IOException {
        Path model = ReferenceFiles.testdata("models/tiny-english-f16.header.gguf");
        Path input = Files.writeString(folder.resolve("input.json"), "kept");
        assertTrue(CliRun.of("recipe", "--model", model, "--target-bpw", 5, option, input, "-o", input).failed(2)
                .contains("would replace an input file"));
        assertEquals("kept", Files.readString(input));
    }
}
