package org.imatrixstats.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sound files, damaged everywhere and at random: {@link WholeTool} makes figures of them or refuses them, and nothing else
 * ever happens. The tests of this module run in 64 MiB of heap.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class DamageTest {
    /** Bytes after the last one that is needed: padding. */
    private static final int PADDING_OF_GGUF = 28;

    static Stream<Arguments> soundFiles() {
        return Stream.of(Arguments.argumentSet("gguf", SmallFiles.gguf(ByteOrder.LITTLE_ENDIAN)),
                Arguments.argumentSet("big-endian gguf", SmallFiles.gguf(ByteOrder.BIG_ENDIAN)),
                Arguments.argumentSet("legacy", SmallFiles.legacy()));
    }

    @Test
    void theTestsRunInAFixedAmountOfMemory() {
        assertTrue(Runtime.getRuntime().maxMemory() <= 64 << 20, "max. heap " + Runtime.getRuntime().maxMemory());
    }

    @ParameterizedTest
    @MethodSource("soundFiles")
    void takesTheSoundFile(byte[] sound) throws IOException {
        assertTrue(WholeTool.takes(sound));
    }

    @ParameterizedTest
    @MethodSource("soundFiles")
    void refusesAFileCutOffAnywhere(byte[] sound) throws IOException {
        boolean gguf = sound[0] == 'G';
        for (int length = 0; length < sound.length; length++) {
            boolean taken = WholeTool.takes(Arrays.copyOf(sound, length));
            // A legacy file may end before its trailer, or within it where the number of chunks stands.
            boolean whole = gguf
                    ? length >= sound.length - PADDING_OF_GGUF
                    : length == sound.length - 13 || length == sound.length - 9;
            assertEquals(whole, taken, "cut off at " + length + " of " + sound.length);
        }
    }

    @ParameterizedTest
    @MethodSource("soundFiles")
    void answersToAnyByteChanged(byte[] sound) throws IOException {
        int refused = 0;
        for (int at = 0; at < sound.length; at++) {
            byte[] damaged = sound.clone();
            for (int value : new int[]{0, 1, 0x7f, 0x80, 0xfe, 0xff, sound[at] + 1, sound[at] - 1, sound[at] ^ 0x20}) {
                damaged[at] = (byte) value;
                refused += WholeTool.takes(damaged) ? 0 : 1;
            }
        }
        assertTrue(refused > sound.length, refused + " refused");
    }

    @ParameterizedTest
    @MethodSource("soundFiles")
    void answersToAnyTwoNeighboursExchangedOrLost(byte[] sound) throws IOException {
        int refused = 0;
        for (int at = 0; at + 1 < sound.length; at++) {
            byte[] exchanged = sound.clone();
            exchanged[at] = sound[at + 1];
            exchanged[at + 1] = sound[at];
            refused += WholeTool.takes(exchanged) ? 0 : 1;
            byte[] lost = Arrays.copyOf(sound, sound.length - 1);
            System.arraycopy(sound, at + 1, lost, at, lost.length - at);
            refused += WholeTool.takes(lost) ? 0 : 1;
        }
        assertTrue(refused > 0, "nothing was refused");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void answersToRandomDamage(long seed) throws IOException {
        assertAnswers(seed, 10_000,
                List.of(SmallFiles.gguf(ByteOrder.LITTLE_ENDIAN), SmallFiles.gguf(ByteOrder.BIG_ENDIAN),
                        SmallFiles.legacy(), SmallFiles.legacy()));
    }

    @ParameterizedTest
    @CsvSource({"gz, 2000", "xz, 2000", "zstd, 2000", "bzip2, 500"})
    void answersToRandomDamageOfPackedFiles(String algorithm, int count) throws IOException {
        assertAnswers(5, count, List.of(SmallFiles.packed(algorithm, SmallFiles.gguf(ByteOrder.LITTLE_ENDIAN)),
                SmallFiles.packed(algorithm, SmallFiles.legacy()), SmallFiles.packed(algorithm, new byte[1000])));
    }

    @Test
    void answersToRandomDamageOfModels() throws IOException {
        Mutations mutations = new Mutations(6, List.of(SmallFiles.gguf(ByteOrder.LITTLE_ENDIAN)));
        int taken = 0;
        for (int i = 0; i < 10_000; i++) {
            taken += WholeTool.takesAsModel(mutations.next()) ? 1 : 0;
        }
        assertTrue(taken > 0 && taken < 10_000, taken + " taken");
    }

    @Test
    void answersToRandomDamageOfCheckpoints() throws IOException {
        List<List<byte[]>> kinds = List.of(SmallFiles.safetensors(), SmallFiles.checkpoints());
        for (List<byte[]> sound : kinds) {
            Mutations mutations = new Mutations(9, sound);
            int taken = 0;
            for (int i = 0; i < 5_000; i++) {
                taken += WholeTool.takesAsCheckpoint(mutations.next()) ? 1 : 0;
            }
            assertTrue(taken > 0 && taken < 5_000, taken + " taken");
        }
    }

    @Test
    void answersToRandomDamageOfPickles() throws IOException {
        Mutations mutations = new Mutations(10, SmallFiles.pickles());
        int taken = 0;
        for (int i = 0; i < 10_000; i++) {
            taken += WholeTool.takesAsPickle(mutations.next()) ? 1 : 0;
        }
        assertTrue(taken > 0 && taken < 10_000, taken + " taken");
    }

    @Test
    void answersToRandomDamageOfRules() {
        Mutations mutations = new Mutations(8, SmallFiles.rules());
        int taken = 0;
        for (int i = 0; i < 10_000; i++) {
            byte[] rules = mutations.next();
            try {
                taken += WholeTool.takesAsRules(rules) ? 1 : 0;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("rules " + i + ": " + HexFormat.of().formatHex(rules), e);
            }
        }
        assertTrue(taken > 1000 && taken < 9000, taken + " taken");
    }

    private static void assertAnswers(long seed, int count, List<byte[]> sound) throws IOException {
        Mutations mutations = new Mutations(seed, sound);
        int taken = 0;
        for (int i = 0; i < count; i++) {
            byte[] file = mutations.next();
            try {
                taken += WholeTool.takes(file) ? 1 : 0;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("mutation " + i + " of seed " + seed + ": " + HexFormat.of().formatHex(file),
                        e);
            }
        }
        int refused = count - taken;
        assertTrue(taken > 0 && refused > count / 4, taken + " taken, " + refused + " refused");
    }

    static List<Path> findings() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/org/imatrixstats/hostile/findings"))) {
            return files.sorted().toList();
        }
    }

    /** Files that once ended otherwise than they should have; their names say how. */
    @ParameterizedTest
    @MethodSource("findings")
    @Timeout(60)
    void answersToWhatWasFoundBefore(Path finding) throws IOException {
        byte[] file = Files.readAllBytes(finding);
        boolean taken = WholeTool.takes(file);
        assertEquals(taken, WholeTool.takes(file));
        WholeTool.takesAsModel(file);
        WholeTool.takesAsCheckpoint(file);
        WholeTool.takesAsPickle(file);
        WholeTool.takesAsRules(file);
    }

    @Test
    void theSameSeedDoesTheSameDamage() {
        List<byte[]> files = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            files.add(new Mutations(7, List.of(SmallFiles.legacy())).next());
        }
        assertEquals(0, Arrays.compare(files.get(0), files.get(1)));
        assertFalse(Arrays.equals(SmallFiles.legacy(), files.get(0)));
    }
}
