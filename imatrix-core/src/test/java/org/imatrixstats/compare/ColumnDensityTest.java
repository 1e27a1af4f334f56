package org.imatrixstats.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.imatrixstats.imatrix.GgufImatrixBuilder;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.imatrix.SharedInputs;
import org.imatrixstats.imatrix.ReferenceFiles;
import org.imatrixstats.compare.ColumnDensity.Cell;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnDensityTest {
    private static final String NAME = "blk.0.ffn_up_exps.weight";

    @TempDir
    private Path folder;

    private Path write(String file, GgufImatrixBuilder builder) throws IOException {
        return builder.write(Files.createDirectories(folder.resolve(file)));
    }

    private static List<ColumnDensity> densities(Path fileA, Path fileB) throws IOException {
        try (Imatrix a = ImatrixReader.open(fileA); Imatrix b = ImatrixReader.open(fileB)) {
            Comparison comparison = PairCalculator.compare(new DistinctPairs(Pairing.of(a, b), SharedInputs.of(a, 2),
                    SharedInputs.of(b, 2), _ -> true), 2, _ -> {
                    });
            return ColumnDensity.of(comparison, 2);
        }
    }

    @Test
    void countsColumnsByTheirMeansInBothFiles() throws IOException {
        // Means of A: 1 1 4 0; of B: 2 2 0.5 1. Bins are powers of √2.
        List<ColumnDensity> densities = densities(
                write("a", new GgufImatrixBuilder().entry(NAME, new float[]{2}, 2, 2, 8, 0)),
                write("b", new GgufImatrixBuilder().entry(NAME, new float[]{4}, 8, 8, 2, 4)));
        assertEquals(List.of(new Cell(0, 2, 2), new Cell(4, -2, 1)), densities.getFirst().cells());
        assertEquals(1, densities.getFirst().zeros());
    }

    @Test
    void leavesOutExpertsThatOneFileDidNotReach() throws IOException {
        List<ColumnDensity> densities = densities(
                write("a", new GgufImatrixBuilder().entry(NAME, new float[]{1, 0}, 1, 1, 7, 7)),
                write("b", new GgufImatrixBuilder().entry(NAME, new float[]{1, 1}, 1, 1, 4, 4)));
        assertEquals(List.of(new Cell(0, 0, 2)), densities.getFirst().cells());
    }

    @Test
    void coarserSquaresHoldFourOfTheFiner() throws IOException {
        // Means of A: 1 1.5 4; of B: 1.5 1 0.6. In half octaves 0 1 4 and 1 0 -2, in octaves 0 0 2 and 0 0 -1.
        ColumnDensity density = densities(
                write("a", new GgufImatrixBuilder().entry(NAME, new float[]{1}, 1, 1.5f, 4)),
                write("b", new GgufImatrixBuilder().entry(NAME, new float[]{1}, 1.5f, 1, 0.6f))).getFirst();
        assertEquals(List.of(new Cell(0, 1, 1), new Cell(1, 0, 1), new Cell(4, -2, 1)), density.cells());
        assertEquals(1, density.halfOctaves());
        assertEquals(List.of(new Cell(0, 0, 2), new Cell(2, -1, 1)), density.coarser().cells());
        assertEquals(2, density.coarser().halfOctaves());
    }

    @ParameterizedTest
    @CsvSource({"dense-prose.gguf, dense-code.gguf", "moe-prose.gguf, moe-code.gguf"})
    void everyColumnIsCountedOnce(String a, String b) throws IOException {
        List<ColumnDensity> densities = densities(ReferenceFiles.testdata(a), ReferenceFiles.testdata(b));
        assertTrue(densities.size() >= 20);
        for (ColumnDensity density : densities) {
            assertEquals(density.tensor().pair().elements(),
                    density.zeros() + density.cells().stream().mapToLong(Cell::count).sum());
        }
    }
}
