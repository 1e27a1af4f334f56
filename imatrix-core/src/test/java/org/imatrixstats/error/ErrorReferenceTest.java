package org.imatrixstats.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.numeric.ErrorSums;
import org.imatrixstats.plan.Dialects;
import org.imatrixstats.scan.Parallel;
import org.junit.jupiter.api.Test;

/** Sums against those of what the real quantizer wrote, to 1e-9: testdata/error. */
class ErrorReferenceTest {
    private static final double RELATIVE = 1e-9;

    @Test
    void aDenseModelWithTheMeansOfItsInputs() throws IOException {
        check(ReferenceFiles.testdata("models/tiny-english-f16.gguf"),
                ReferenceFiles.testdata("tiny-english-prose-act.imatrix.gguf"), "tiny-english-prose-act.tsv");
    }

    @Test
    void aModelWithExpertsARowForEachOfThem() throws IOException {
        Path model = Path.of("../../shared/reference/models/tiny-experts-f16.gguf");
        assumeTrue(Files.exists(model), "no model with experts: ../shared/reference/models is absent");
        check(model, ReferenceFiles.testdata("tiny-experts.imatrix.gguf"),
                "tiny-experts.tsv");
    }

    private static void check(Path modelFile, Path imatrixFile, String reference) throws IOException {
        try (GgufModel model = GgufModel.open(modelFile); Imatrix imatrix = ImatrixReader.open(imatrixFile)) {
            ErrorInputs inputs = new ErrorInputs(model, imatrix, Dialects.llamaCpp());
            List<TensorError> errors = measured(inputs, ErrorPlan.typesOf(Dialects.llamaCpp()), new Sampling.Full());
            List<String> lines = Files.readAllLines(ReferenceFiles.testdata("error/" + reference));
            List<String> columns = List.of(lines.getFirst().split("\t", -1));
            Set<String> seen = new HashSet<>();
            for (String line : lines.subList(1, lines.size())) {
                List<String> cells = List.of(line.split("\t", -1));
                String name = cells.get(columns.indexOf("tensor"));
                String type = cells.get(columns.indexOf("type"));
                String expert = columns.contains("expert") ? cells.get(columns.indexOf("expert")) : "";
                TensorError error = errors.stream().filter(each -> each.tensor().name().equals(name)
                        && each.type().ggmlName().equals(type)
                        && each.expert() == (expert.isEmpty() ? -1 : Integer.parseInt(expert))).findFirst()
                        .orElseThrow(() -> new AssertionError("not measured: " + line));
                ErrorSums sums = error.matrices().getFirst();
                assertEquals(Long.parseLong(cells.get(columns.indexOf("bytes"))), error.bytes(), line);
                near(cells, columns, "weighted_sse", sums.weighted().y());
                near(cells, columns, "weighted_energy", sums.weighted().x());
                near(cells, columns, "sse", sums.unweighted().y());
                near(cells, columns, "energy", sums.unweighted().x());
                if (columns.contains("mean_sse") && !Double.isNaN(sums.mean().y())) {
                    near(cells, columns, "mean_sse", sums.mean().y());
                }
                seen.add(name + " " + type);
            }
            assertEquals(seen, new HashSet<>(
                    errors.stream().map(each -> each.tensor().name() + " " + each.type().ggmlName()).toList()));
        }
    }

    private static void near(List<String> cells, List<String> columns, String column, double actual) {
        double expected = Double.parseDouble(cells.get(columns.indexOf(column)));
        assertEquals(expected, actual, RELATIVE * Math.abs(expected) + 1e-15, () -> column + " of " + cells);
    }

    private static List<TensorError> measured(ErrorInputs inputs, List<GgmlType> types, Sampling sampling)
            throws IOException {
        ErrorPlan plan = ErrorPlan.of(inputs, types, sampling);
        ErrorFold fold = new ErrorFold(plan);
        Parallel.forEach(plan.tasks().size(), 2, () -> new ErrorMeasure(inputs),
                (measure, number) -> fold.add(number, measure.of(plan.tasks().get(number))));
        return fold.errors(true);
    }

    @Test
    void sampledFiguresLieWithinTwoStandardErrorsOfTheFullOnes() throws IOException {
        try (GgufModel model = GgufModel.open(ReferenceFiles.testdata("models/tiny-english-f16.gguf"));
                Imatrix imatrix = ImatrixReader.open(ReferenceFiles.testdata("tiny-english-prose.imatrix.gguf"))) {
            ErrorInputs inputs = new ErrorInputs(model, imatrix, Dialects.llamaCpp());
            List<GgmlType> types = List.of(GgmlType.Q4_0, GgmlType.Q3_K, GgmlType.Q6_K, GgmlType.IQ4_NL);
            List<TensorError> full = measured(inputs, types, new Sampling.Full());
            for (Sampling sampling : List.of(new Sampling.Share(0.25), new Sampling.Share(0.5),
                    new Sampling.Count(40), new Sampling.Count(100))) {
                List<TensorError> sampled = measured(inputs, types, sampling);
                List<Double> z = new ArrayList<>();
                for (int i = 0; i < full.size(); i++) {
                    TensorError error = sampled.get(i);
                    assertTrue(error.rowsRead() < error.rows());
                    if (error.standardError() > 0) {
                        z.add(Math.abs(error.relativeError() - full.get(i).relativeError()) / error.standardError());
                    }
                }
                double within = z.stream().filter(each -> each < 2).count() / (double) z.size();
                assertTrue(within > 0.9, sampling + ": " + within + " of " + z.size());
            }
        }
    }
}
