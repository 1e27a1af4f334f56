package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.imatrixstats.app.command.ExitCode;
import org.imatrixstats.app.output.AtomicFile;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** merge, subtract and convert from the command line; what they write is in CombineTest. */
class CombineCommandsTest {
    private static final Path PROSE = ReferenceFiles.testdata("dense-prose.gguf");
    private static final Path CODE = ReferenceFiles.testdata("dense-code.gguf");
    private static final Path MOE = ReferenceFiles.testdata("moe-prose.gguf");

    @TempDir
    private Path folder;

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void assertSameBytes(String expected, Path file) throws IOException {
        assertArrayEquals(Files.readAllBytes(ReferenceFiles.testdata(expected)), Files.readAllBytes(file));
    }

    @Test
    void mergesAsLlamaImatrixDoes() throws IOException {
        Path out = folder.resolve("out.gguf");
        CliRun run = CliRun.of("merge", PROSE, CODE, "--chunk-size", 512, "-o", out).succeeded();
        assertEquals("", run.err());
        assertEquals(out + ": 42 tensors, 8 chunks of 512 tokens, gguf\n", run.out());
        assertSameBytes("dense-merged.gguf", out);
        assertEquals(List.of("out.gguf"), files());
    }

    @Test
    void theExtensionOrAnOptionChoosesTheContainer() throws IOException {
        Path dat = folder.resolve("out.DAT");
        CliRun.of("convert", CODE, "--chunk-size", 512, "-o", dat).succeeded();
        assertSameBytes("dense-code-converted.dat", dat);
        Path other = folder.resolve("out");
        CliRun.of("convert", CODE, "--chunk-size", 512, "-o", other, "--to", "dat").succeeded();
        assertSameBytes("dense-code-converted.dat", other);
    }

    @Test
    void saysWhatALegacyFileCannotHold() {
        String err = CliRun.of("convert", MOE, "-o", folder.resolve("out.dat")).succeeded().err();
        assertTrue(err.contains("warning: a legacy file does not hold how many rows each expert saw"), err);
        assertTrue(err.contains("warning: experts without data are written as 1.0 in every column"), err);
    }

    @Test
    void warnsOfTheSameContentOrDatasetTwice() {
        Path out = folder.resolve("out.gguf");
        String same = CliRun.of("merge", PROSE, PROSE, "-o", out).succeeded().err();
        assertTrue(same.contains("has the same content as"), same);
        String dataset = CliRun
                .of("merge", PROSE, ReferenceFiles.testdata("dense-act-prose.gguf"), "-o", out).succeeded().err();
        assertTrue(dataset.contains("dataset 'c/prose.txt' is in both"), dataset);
        assertEquals("", CliRun.of("merge", PROSE, PROSE, "--allow-duplicate", "-o", out).succeeded().err());
    }

    @Test
    void refusesWhatMakesNoSense() {
        Path out = folder.resolve("out.gguf");
        assertTrue(CliRun.of("merge", PROSE, CODE, "--weight", "1", "-o", out).failed(ExitCode.USAGE)
                .contains("--weight needs a factor for each input: 2 inputs, but 1 factor"));
        assertTrue(CliRun.of("merge", PROSE, CODE, "--weight", "1,-1", "-o", out).failed(ExitCode.USAGE)
                .contains("is not above 0"));
        assertTrue(CliRun.of("convert", PROSE, "--chunk-size", 0, "-o", out).failed(ExitCode.USAGE)
                .contains("option '--chunk-size': '0' is not a whole number from 1"));
        assertTrue(CliRun.of("merge", PROSE).failed(ExitCode.USAGE).contains("--output"));
    }

    @Test
    void failsInOneLineAndLeavesTheOldFileWhole() throws IOException {
        Path out = Files.writeString(folder.resolve("out.gguf"), "old");
        String otherModel = CliRun.of("merge", PROSE, MOE, "--chunk-size", 512, "-o", out).failed(ExitCode.FAILED);
        assertTrue(otherModel.contains("is of another model than"), otherModel);
        String noPart = CliRun.of("subtract", PROSE, CODE, "-o", out).failed(ExitCode.FAILED);
        assertTrue(noPart.contains("it is not a part of it"), noPart);
        for (String message : List.of(otherModel, noPart)) {
            assertEquals(1, message.lines().count(), message);
        }
        assertEquals("old", Files.readString(out));
        assertEquals(List.of("out.gguf"), files());
    }

    @Test
    void subtractsWhatWasMerged() throws IOException {
        Path merged = folder.resolve("merged.gguf");
        Path left = folder.resolve("left.gguf");
        CliRun.of("merge", MOE, ReferenceFiles.testdata("moe-code.gguf"), "-o", merged).succeeded();
        CliRun.of("subtract", merged, ReferenceFiles.testdata("moe-code.gguf"), "-o", left).succeeded();
        CliRun columns = CliRun.of("stats", left, "--format", "csv", "--columns", "elements,experts_without_data");
        assertEquals(CliRun.outputOf("stats", MOE, "--format", "csv", "--columns", "elements,experts_without_data")
                .replace(MOE.toString(), ""), columns.out().replace(left.toString(), ""));
    }

    @Test
    void aFileMayBeReplacedByWhatIsMadeOfIt() throws IOException {
        Path file = Files.copy(PROSE, folder.resolve("a.gguf"));
        CliRun.of("merge", file, CODE, "--chunk-size", 512, "-o", file).succeeded();
        assertSameBytes("dense-merged.gguf", file);
    }

    @Test
    void aWriteThatFailsHalfWayLeavesTheOldFileWholeAndNoOther() throws IOException {
        Path out = Files.writeString(folder.resolve("out.gguf"), "old");
        IOException failure = assertThrows(IOException.class,
                () -> AtomicFile.write(out, CombineCommandsTest::failHalfWay));
        assertEquals("No space left on device", failure.getMessage());
        assertEquals("old", Files.readString(out));
        assertEquals(List.of("out.gguf"), files());
    }

    private static void failHalfWay(OutputStream out) throws IOException {
        out.write(new byte[1 << 20]);
        throw new IOException("No space left on device");
    }
}
