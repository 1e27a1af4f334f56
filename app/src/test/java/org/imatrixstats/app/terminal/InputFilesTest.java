package org.imatrixstats.app.terminal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;

import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

import org.imatrixstats.gguf.GgufFile;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FileServer;
import org.imatrixstats.io.FormatException;

class InputFilesTest {
    private static final Path SOUND = Path.of("../testdata/tied-process-output.gguf");

    @TempDir
    Path folder;
    private List<Path> temporaryFilesBefore;

    @BeforeEach
    void noteTemporaryFiles() throws IOException {
        temporaryFilesBefore = temporaryFiles();
    }

    @AfterEach
    void leavesNoTemporaryFiles() throws IOException {
        assertEquals(temporaryFilesBefore, temporaryFiles());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gz", "xz", "zstd", "bzip2"})
    void readsTheSameFromPackedFileWhateverItsName(String algorithm) throws IOException {
        byte[] content = Files.readAllBytes(SOUND);
        Path path = Files.write(folder.resolve("named-like-a-plain.gguf"), packed(algorithm, content));
        try (ByteSource file = new InputFiles().open(path)) {
            assertEquals(path.toString(), file.name());
            assertArrayEquals(content, bytes(file));
            assertEquals(3, GgufFile.read(file).version());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gz", "xz", "zstd", "bzip2"})
    void readsSeveralStreamsInOneFile(String algorithm) throws IOException {
        byte[] content = Files.readAllBytes(SOUND);
        byte[] head = packed(algorithm, Arrays.copyOf(content, 1000));
        byte[] tail = packed(algorithm, Arrays.copyOfRange(content, 1000, content.length));
        byte[] both = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, both, head.length, tail.length);
        try (ByteSource file = new InputFiles().open(Files.write(folder.resolve("two"), both))) {
            assertArrayEquals(content, bytes(file));
        }
    }

    /** More than is held in memory. */
    @Test
    void readsALargePackedFileThroughATemporaryFileWithoutAName() throws IOException {
        byte[] content = new byte[3_000_000];
        new Random(3).nextBytes(content);
        try (ByteSource file = new InputFiles().open(Files.write(folder.resolve("large"), packed("gz", content)))) {
            assertArrayEquals(content, bytes(file));
            leavesNoTemporaryFiles();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gz", "xz", "zstd", "bzip2"})
    void stopsUnpackingAtTheLimit(String algorithm) throws IOException {
        Path bomb = Files.write(folder.resolve("bomb"), packed(algorithm, new byte[20 << 20]));
        assertTrue(Files.size(bomb) < 100_000, "it is " + Files.size(bomb) + " bytes");
        for (long most : new long[]{0, 1000, 5 << 20}) {
            assertEquals(
                    bomb + ": holds more than " + most + " bytes when unpacked, expected at most that: if it is right,"
                            + " allow it with --max-unpacked SIZE",
                    refusal(() -> withLimit(most).open(bomb)));
        }
    }

    @Test
    void readsWhatIsExactlyAsLargeAsTheLimit() throws IOException {
        Path file = Files.write(folder.resolve("file"), packed("gz", new byte[1000]));
        try (ByteSource open = withLimit(1000).open(file)) {
            assertEquals(1000, open.size());
        }
        assertTrue(refusal(() -> withLimit(999).open(file)).contains("more than 999 bytes"));
    }

    @Test
    void readsAStreamPackedOrNot() throws IOException {
        byte[] content = Files.readAllBytes(SOUND);
        for (byte[] stream : List.of(content, packed("xz", content), new byte[0], new byte[3])) {
            try (ByteSource file = new InputFiles().read("a stream", new ByteArrayInputStream(stream))) {
                assertEquals("a stream", file.name());
                assertArrayEquals(stream.length > 3 ? content : stream, bytes(file));
            }
        }
        assertTrue(refusal(() -> withLimit(99).read("x", new ByteArrayInputStream(content)))
                .startsWith("x: holds more than 99 bytes"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain.bin", "packed.bin"})
    void fetchesAWholeFileFromAServerPackedOrNot(String name) throws IOException {
        byte[] content = new byte[3_000_000];
        new Random(5).nextBytes(content);
        try (FileServer server = new FileServer()) {
            server.put("plain.bin", content).put("packed.bin", packed("gz", content));
            try (ByteSource file = new InputFiles().openWhole(Path.of(server.address(name)))) {
                assertEquals(server.address(name), file.name());
                assertArrayEquals(content, bytes(file));
            }
        }
    }

    private static InputFiles withLimit(long most) {
        InputFiles files = new InputFiles();
        files.maxUnpacked(most);
        return files;
    }

    private static String refusal(Executable reading) {
        return assertThrows(FormatException.class, reading).getMessage();
    }

    /** To open a named pipe would wait for ever, a device may never end. */
    @Test
    void refusesPipesAndDevices() throws IOException, InterruptedException {
        Path device = Path.of("/dev/zero");
        assumeTrue(Files.exists(device), "there are no devices");
        String notRegular = ": is not a regular file (a pipe can be read as standard input, named -)";
        assertEquals(device + notRegular, refusal(() -> new InputFiles().open(device)));
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        assertEquals(pipe + notRegular, refusal(() -> new InputFiles().open(pipe)));
    }

    @Test
    void doesNotUnpackByName() throws IOException {
        byte[] content = Files.readAllBytes(SOUND);
        try (ByteSource file = new InputFiles().open(Files.write(folder.resolve("plain.gguf.gz"), content))) {
            assertArrayEquals(content, bytes(file));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gz", "xz", "zstd", "bzip2"})
    void rejectsPackedFileCutOff(String algorithm) throws IOException {
        byte[] packed = packed(algorithm, Files.readAllBytes(SOUND));
        for (int length : new int[]{6, packed.length / 2, packed.length - 1}) {
            assertCannotBeUnpacked(algorithm, Arrays.copyOf(packed, length));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gz", "xz", "zstd", "bzip2"})
    void rejectsDamagedPackedData(String algorithm) throws IOException {
        byte[] packed = packed(algorithm, Files.readAllBytes(SOUND));
        Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            byte[] damaged = packed.clone();
            // The first 40 bytes are left alone: a header holds things like a time, which may be anything.
            damaged[40 + random.nextInt(damaged.length - 40)] ^= (byte) (1 + random.nextInt(255));
            assertCannotBeUnpacked(algorithm, damaged);
        }
    }

    @Test
    void rejectsXzThatAsksForMoreMemoryThanItIsGiven() throws IOException {
        byte[] packed = packed("xz", new byte[]{1, 2, 3});
        // The stream header takes 12 bytes. Then the block header: its size, flags, filter id 0x21, size of properties 1,
        // the dictionary (36 means 1 GiB), padding, and the CRC32 of all this.
        int start = 12;
        int crcAt = start + (packed[start] + 1) * 4 - 4;
        assertEquals(0x21, packed[start + 2]);
        packed[start + 4] = 36;
        CRC32 crc = new CRC32();
        crc.update(packed, start, crcAt - start);
        ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).putInt(crcAt, (int) crc.getValue());
        assertCannotBeUnpacked("xz", packed);
    }

    private void assertCannotBeUnpacked(String algorithm, byte[] content) throws IOException {
        Path path = Files.write(folder.resolve("damaged"), content);
        FormatException e = assertThrows(FormatException.class, () -> new InputFiles().open(path));
        assertTrue(e.getMessage().startsWith(path + ": could not be unpacked as " + algorithm + ": "), e.getMessage());
    }

    private static byte[] packed(String algorithm, byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = packer(algorithm, packed)) {
            out.write(content);
        }
        return packed.toByteArray();
    }

    private static OutputStream packer(String algorithm, OutputStream packed) throws IOException {
        return switch (algorithm) {
            case "zstd" -> zstdWithChecksum(packed);
            // The usual preset takes 94 MiB.
            case "xz" -> new XZOutputStream(packed, new LZMA2Options(0));
            default -> new CompressorStreamFactory().createCompressorOutputStream(algorithm, packed);
        };
    }

    /** As the zstd program writes it; without a checksum most damage cannot be noticed. */
    private static OutputStream zstdWithChecksum(OutputStream packed) throws IOException {
        return ZstdCompressorOutputStream.builder().setOutputStream(packed).setChecksum(true).get();
    }

    private static byte[] bytes(ByteSource file) throws IOException {
        byte[] bytes = new byte[(int) file.size()];
        file.copy(0, bytes, 0, bytes.length);
        return bytes;
    }

    private static List<Path> temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(path -> path.getFileName().toString().startsWith("imatrix-stats-")).sorted().toList();
        }
    }
}
