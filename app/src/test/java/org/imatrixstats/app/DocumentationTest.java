package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.imatrixstats.app.output.check.Advice;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.check.FindingCode;
import org.imatrixstats.compare.ChannelStatistic;
import org.imatrixstats.compare.CoverageStatistic;
import org.imatrixstats.compare.OutlierStatistic;
import org.imatrixstats.compare.PairStatistic;
import org.imatrixstats.converge.ConvergenceStatistic;
import org.imatrixstats.spectrum.SpectrumStatistic;
import org.imatrixstats.stats.ExpertStatistic;
import org.imatrixstats.stats.Figure;
import org.imatrixstats.stats.KindStatistic;
import org.imatrixstats.stats.LayerStatistic;
import org.imatrixstats.stats.Statistic;
import org.imatrixstats.weights.ChangeStatistic;
import org.imatrixstats.weights.ReviewStatistic;
import org.imatrixstats.weights.WeightStatistic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages of docs name everything that there is, in the words of the tool. */
class DocumentationTest {
    private static final Path ROOT = Path.of("..");

    static Stream<Figure<?>> figures() {
        return Stream.<Figure<?>[]>of(Statistic.values(), LayerStatistic.values(), KindStatistic.values(),
                ExpertStatistic.values(), PairStatistic.values(), CoverageStatistic.values(), ChannelStatistic.values(),
                OutlierStatistic.values(), ConvergenceStatistic.values(), WeightStatistic.values(),
                ReviewStatistic.values(), ChangeStatistic.values(), SpectrumStatistic.values()).flatMap(Stream::of);
    }

    @ParameterizedTest
    @MethodSource("figures")
    void everyFigureIsDefinedInTheStatisticsPage(Figure<?> figure) throws IOException {
        String row = "| `" + figure.key() + "` | " + figure.header() + " | "
                + figure.description().replace("|", "\\|") + " |";
        assertTrue(Files.readString(ROOT.resolve("docs/statistics.md")).contains(row), () -> "missing: " + row);
    }

    @ParameterizedTest
    @EnumSource(FindingCode.class)
    void everyFindingIsInThePageOfCheck(FindingCode code) throws IOException {
        String row = "| `" + code.code() + "` | " + code.severity().label() + " | "
                + code.explanation().replace("|", "\\|")
                + " | " + Advice.on(code) + " |";
        assertTrue(Files.readString(ROOT.resolve("docs/check.md")).contains(row), () -> "missing: " + row);
    }

    @Test
    void everyCommandHasAPage() {
        List<String> commands = List.copyOf(new Cli(new ByteArrayOutputStream(), new ByteArrayOutputStream(),
                Terminal.PIPE).commandLine("").getSubcommands().keySet());
        assertFalse(commands.isEmpty());
        for (String command : commands) {
            assertTrue(Files.exists(ROOT.resolve("docs/" + command + ".md")), command);
        }
    }
}
