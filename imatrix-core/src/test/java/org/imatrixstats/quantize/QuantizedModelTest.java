package org.imatrixstats.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;

import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.gguf.MetadataValue;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.Rule;
import org.imatrixstats.plan.TypeOption;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whole files against those that llama-quantize wrote, by their SHA-256. */
class QuantizedModelTest {
    private static final Path RUNS = Path.of("../testdata/quantize/runs/tiny-english.json");
    private static final Path TESTDATA = Path.of("../testdata");

    record Run(String base, List<String> arguments, long bytes, String sha256, JsonNode tensors) {
        @Override
        public String toString() {
            return base + " " + String.join(" ", arguments);
        }
    }

    static Stream<Run> runs() {
        return JsonMapper.shared().readTree(RUNS.toFile()).get("runs").valueStream()
                .map(run -> new Run(run.get("ftype").asString(),
                        run.get("args").valueStream().map(JsonNode::asString).toList(), run.get("bytes").asLong(),
                        run.get("sha256").asString(), run.get("tensors")));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void writesTheFileOfLlamaQuantize(Run run) throws Exception {
        Path path = TESTDATA.resolve("models/tiny-english-f16.gguf");
        Told told = told(run);
        try (GgufModel model = GgufModel.open(path); Imatrix imatrix = told.imatrix()) {
            QuantizeOptions options = imatrix == null ? told.options() : told.options().withImatrix(imatrix);
            Plan plan = Plan.of(Dialects.llamaCpp(), Model.of(model), options);
            assertEquals(run.tensors().valueStream().map(tensor -> tensor.get(0).asString() + " " + tensor.get(1))
                    .toList(),
                    plan.tensors().stream().map(tensor -> tensor.name() + " " + tensor.type().id()).toList());
            ImportanceWeights weights = imatrix == null
                    ? ImportanceWeights.NONE
                    : ImportanceWeights.of(imatrix, Dialects.llamaCpp());
            SequencedMap<String, MetadataValue> keys = imatrix == null
                    ? new LinkedHashMap<>()
                    : QuantizedModel.imatrixKeys(told.file(), imatrix, imatrix.entries().size());
            QuantizedModel quantized = new QuantizedModel(model, plan, weights, keys);
            Digest digest = new Digest();
            quantized.writeTo(digest.out, 2, _ -> {
            });
            assertEquals(run.bytes(), digest.bytes);
            assertEquals(run.sha256(), digest.hex());
        }
    }

    private record Told(QuantizeOptions options, String file) {
        Imatrix imatrix() throws IOException {
            return file == null ? null : ImatrixReader.open(TESTDATA.resolve(file));
        }
    }

    private static Told told(Run run) throws Exception {
        Dialect program = Dialects.llamaCpp();
        QuantizeOptions options = QuantizeOptions.of(program.base(run.base()));
        List<Rule> rules = new ArrayList<>();
        String file = null;
        for (var argument = run.arguments().iterator(); argument.hasNext();) {
            switch (argument.next()) {
                case "--imatrix" -> file = argument.next();
                case "--tensor-type" -> rules.addAll(program.rules(argument.next()));
                case "--output-tensor-type" ->
                    options = options.with(TypeOption.OUTPUT, program.type(argument.next()));
                case "--pure" -> options = options.withPure(true);
                case "--leave-output-tensor" -> options = options.withLeaveOutput(true);
                case String other -> throw new IllegalStateException(other);
            }
        }
        return new Told(options.withRules(rules), file);
    }

    private static final class Digest {
        private final MessageDigest sha256;
        private long bytes;
        private final OutputStream out;

        Digest() throws NoSuchAlgorithmException {
            sha256 = MessageDigest.getInstance("SHA-256");
            out = new DigestOutputStream(OutputStream.nullOutputStream(), sha256) {
                @Override
                public void write(byte[] data, int from, int length) throws IOException {
                    super.write(data, from, length);
                    bytes += length;
                }
            };
        }

        String hex() {
            return HexFormat.of().formatHex(sha256.digest());
        }
    }
}
