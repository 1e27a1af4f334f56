package org.imatrixstats.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.imatrixstats.combine.Tolerance;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.gguf.GgufFile;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.BytesSource;
import org.imatrixstats.packed.Compression;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.check.Finding;
import org.imatrixstats.check.ImatrixCheck;
import org.imatrixstats.imatrix.Content;
import org.imatrixstats.combine.Convert;
import org.imatrixstats.imatrix.ImatrixWriter;
import org.imatrixstats.combine.Merge;
import org.imatrixstats.llamacpp.ClassicStatistics;
import org.imatrixstats.llamacpp.ExtendedStatistics;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.model.ModelSummary;
import org.imatrixstats.model.ModelTensor;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.plan.Rule;
import org.imatrixstats.stats.ExpertCalculator;
import org.imatrixstats.stats.ExpertStatistic;
import org.imatrixstats.stats.ExpertStats;
import org.imatrixstats.stats.Report;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.stats.StatsCalculator;
import org.imatrixstats.stats.TensorStats;
import org.imatrixstats.tensor.DType;

/**
 * All that is done with a file, done with bytes that may be anything. There are two outcomes: every figure there is, or a
 * {@link FormatException} that names the file. Whatever else is thrown goes to the caller, as the failure that it is.
 */
public final class WholeTool {
    private static final String NAME = "hostile.bin";
    /** As much as a mutation of a small file may unpack to. */
    private static final int MAX_UNPACKED = 1 << 22;
    /** Columns of a row that is read. */
    private static final int MAX_ROW = 1 << 16;

    private WholeTool() {
    }

    /** Whether the bytes were taken for an importance matrix; its figures have then been made. */
    public static boolean takes(byte[] file) throws IOException {
        return answered(() -> {
            try (Imatrix imatrix = ImatrixReader.read(open(file))) {
                analyse(imatrix);
            }
        });
    }

    /** Whether the bytes were taken for a model header. */
    public static boolean takesAsModel(byte[] file) throws IOException {
        return answered(() -> {
            try (ByteSource mapped = open(file)) {
                GgufFile header = GgufFile.readHeader(mapped);
                for (String key : header.metadata().values().keySet()) {
                    header.metadata().texts(key);
                }
            }
        });
    }

    /**
     * Whether the bytes were taken for a model in any container; its summary, the first values of each tensor and a row have
     * then been read.
     */
    public static boolean takesAsCheckpoint(byte[] file) throws IOException {
        return answered(() -> {
            try (ModelFile model = ModelFile.list(open(file))) {
                assertTrue(ModelSummary.of(model).parameters() <= ModelSummary.of(model).elements());
                for (ModelTensor tensor : model.modelTensors()) {
                    tensor.values().first(8);
                    boolean small = tensor.info().ne0() < MAX_ROW && tensor.elements() > 0;
                    if (small && tensor.info().type() != DType.F6_E2M3 && tensor.info().type() != DType.F6_E3M2) {
                        tensor.values().readRows(tensor.info().rows() - 1, 1, new float[(int) tensor.info().ne0()], 0);
                    }
                }
                model.asGguf();
                model.verify(_ -> {
                });
            }
        });
    }

    /** Whether the bytes were taken for the pickle of a checkpoint that is sound otherwise. */
    public static boolean takesAsPickle(byte[] pickle) throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(archive)) {
            for (Map.Entry<String, byte[]> entry : Map.of("a/data.pkl", pickle, "a/data/0", new byte[16], "a/version",
                    "3\n".getBytes(StandardCharsets.US_ASCII)).entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return takesAsCheckpoint(archive.toByteArray());
    }

    /** Whether the bytes were taken for rules by one of the quantizers; they have then been matched. */
    public static boolean takesAsRules(byte[] bytes) {
        String argument = new String(bytes, StandardCharsets.UTF_8);
        boolean taken = false;
        for (Dialect dialect : Dialects.all()) {
            try {
                for (Rule rule : dialect.rules(argument)) {
                    taken = true;
                    for (String name : List.of("blk.0.ffn_down.weight", "blk.10.attn_q.weight", "a".repeat(63))) {
                        rule.matches(name);
                    }
                }
            } catch (RefusedException e) {
                assertFalse(e.getMessage().isEmpty());
            }
        }
        return taken;
    }

    private interface Reading {
        void run() throws IOException;
    }

    private static boolean answered(Reading reading) throws IOException {
        try {
            reading.run();
            return true;
        } catch (FormatException e) {
            assertTrue(e.getMessage().startsWith(NAME + ": "), e.getMessage());
            assertTrue(e.getMessage().length() < 10_000,
                    () -> "a message of " + e.getMessage().length() + " characters");
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            return false;
        }
    }

    private static ByteSource open(byte[] file) throws IOException {
        Compression compression = Compression.of(file);
        if (compression == null) {
            return new BytesSource(NAME, file);
        }
        try (InputStream content = compression.unpacked(NAME, new ByteArrayInputStream(file))) {
            return new BytesSource(NAME, content.readNBytes(MAX_UNPACKED));
        }
    }

    private static void analyse(Imatrix imatrix) throws IOException {
        Report report = StatsCalculator.report(imatrix, 1);
        assertEquals(imatrix.entries().size(), report.tensors().size());
        for (TensorStats tensor : report.tensors()) {
            for (Statistic statistic : Statistic.values()) {
                assertFalse(Double.isInfinite(statistic.of(tensor)), () -> tensor.name() + " " + statistic);
            }
        }
        for (ExpertStats expert : ExpertCalculator.experts(imatrix, report, 1)) {
            for (ExpertStatistic statistic : ExpertStatistic.values()) {
                assertFalse(Double.isInfinite(statistic.of(expert)), () -> expert + " " + statistic);
            }
        }
        ClassicStatistics.layers(ClassicStatistics.rows(imatrix, 1));
        ExtendedStatistics.of(imatrix, report, 1);
        for (Finding finding : ImatrixCheck.findings(imatrix, ImatrixCheck.DEFAULT_MIN_TOKENS, Optional.empty(), 1)) {
            assertFalse(finding.details().isEmpty());
        }
        for (Imatrix.Format format : Imatrix.Format.values()) {
            write(format, () -> Convert.convert(imatrix, OptionalLong.of(512), Tolerance.NONE, format));
            write(format, () -> Merge.merge(List.of(imatrix, imatrix),
                    new Merge.Options(OptionalLong.of(512), List.of(1.0, 0.5), Merge.Missing.KEEP,
                            new Tolerance(true, true)),
                    format));
        }
    }

    private interface Combination {
        Content content() throws IOException;
    }

    /** A container may be unable to hold what the file does; it says so in an exception that is not of the file. */
    private static void write(Imatrix.Format format, Combination combination) {
        try {
            Content content = combination.content();
            ImatrixWriter writer = ImatrixWriter.of(format);
            writer.losses(content);
            writer.write(content, OutputStream.nullOutputStream(), _ -> {
            });
        } catch (IOException e) {
            assertFalse(e.getMessage().isEmpty());
        }
    }
}
