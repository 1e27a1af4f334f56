package org.imatrixstats.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.imatrixstats.io.Sources;
import org.imatrixstats.io.FormatException;
import tools.jackson.databind.JsonNode;

/**
 * Files made to do harm: each is refused with one line, or listed with the names of the code that it would have run. The
 * tests of this module have 64 MiB of heap.
 */
class HostileCheckpointsTest {
    static Stream<Arguments> withOutcome(String outcome) {
        return Expected.entries("checkpoints/bad.json")
                .filter(entry -> ((JsonNode) entry.get()[1]).get("outcome").asString().equals(outcome))
                .map(entry -> Arguments.of(entry.get()[0], ((JsonNode) entry.get()[1]).get("why").asString()));
    }

    static Stream<Arguments> refused() {
        return withOutcome("refused");
    }

    static Stream<Arguments> flagged() {
        return withOutcome("flagged");
    }

    static Stream<Arguments> bounded() {
        return withOutcome("bounded");
    }

    private static Path path(String name) {
        String folder = name.equals("bad/sets/path-outside/") ? name + "inner" : name;
        return Expected.CHECKPOINTS.resolve(folder);
    }

    /** Everything that inspection does with a file. */
    private static ModelFile inspected(Path path) throws IOException {
        ModelFile model = ModelFile.list(path, null, Sources::open);
        ModelSummary.of(model);
        for (ModelTensor tensor : model.modelTensors()) {
            tensor.values().first(8);
        }
        return model;
    }

    @AfterEach
    void nothingWasRun() {
        assertFalse(Files.exists(Path.of("PWNED")));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("refused")
    void refusesWithOneLine(String name, String why) {
        String message = assertThrows(FormatException.class, () -> inspected(path(name)).close(), why).getMessage();
        assertTrue(message.startsWith(Expected.CHECKPOINTS.toString()), message);
        assertEquals(1, message.lines().count(), message);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("flagged")
    void namesTheCode(String name, String why) {
        String told;
        try (ModelFile model = inspected(path(name))) {
            told = String.join(", ", model.code());
        } catch (IOException e) {
            told = e.getMessage();
        }
        List<String> dangerous = List.of("system", "exec", "eval", "Popen", "__import__", "load", "__globals__",
                "Linear");
        assertTrue(dangerous.stream().anyMatch(told::contains), why + ": " + told);
        assertThrows(FormatException.class, () -> ModelFile.open(path(name)).close());
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("bounded")
    void endsInGoodOrder(String name, String why) throws IOException {
        try (ModelFile model = inspected(path(name))) {
            assertEquals(List.of(), model.code(), why);
        } catch (FormatException e) {
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        }
    }
}
