package org.imatrixstats.model;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.params.provider.Arguments;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The checkpoints of {@code testdata}, and what other programs say about them. */
final class Expected {
    static final Path CHECKPOINTS = Path.of("../testdata/checkpoints");

    private Expected() {
    }

    static JsonNode read(String file) {
        return new ObjectMapper().readTree(Path.of("../testdata").resolve(file).toFile());
    }

    /** The entries of a JSON object as arguments: the key, the value. */
    static Stream<Arguments> entries(String file) {
        JsonNode all = read(file);
        assertFalse(all.isEmpty(), file);
        return all.propertyStream().map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }
}
