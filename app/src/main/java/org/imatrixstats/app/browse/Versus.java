package org.imatrixstats.app.browse;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.app.browse.Detail.Block;
import org.imatrixstats.app.output.Cells;
import org.imatrixstats.app.output.Column;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.compare.Channel;
import org.imatrixstats.compare.ChannelCalculator;
import org.imatrixstats.compare.Comparison;
import org.imatrixstats.compare.DistinctPairs;
import org.imatrixstats.compare.PairCalculator;
import org.imatrixstats.compare.PairStatistic;
import org.imatrixstats.compare.PairStats;
import org.imatrixstats.compare.Pairing;
import org.imatrixstats.imatrix.ImatrixException;
import org.imatrixstats.imatrix.SharedInputs;
import org.imatrixstats.stats.Figure;
import org.imatrixstats.tensor.TensorName;

/** Two importance matrices, tensor by tensor; those that differ most come first. */
final class Versus implements Source {
    private static final PairStatistic ORDER = PairStatistic.JS_DIVERGENCE;
    private static final int TOP = 20;

    private final Matrix a;
    private final Matrix b;
    private final int threads;
    private Comparison comparison;
    private Table table;

    Versus(Matrix a, Matrix b, int threads) {
        this.a = a;
        this.b = b;
        this.threads = threads;
    }

    @Override
    public String title() {
        return a.title() + " against " + b.title();
    }

    @Override
    public long work() {
        return a.work();
    }

    @Override
    public Table load(LongConsumer walked) throws IOException {
        Pairing pairing = Pairing.of(a.imatrix(), b.imatrix());
        try {
            pairing.requireCommonTensors();
        } catch (ImatrixException e) {
            table = new Table(Text.printable(e.getMessage()), List.of(), List.of(), "", true);
            return table;
        }
        comparison = PairCalculator.compare(new DistinctPairs(pairing, SharedInputs.of(a.imatrix(), threads),
                SharedInputs.of(b.imatrix(), threads), _ -> true), threads, walked);
        List<TensorName> names = comparison.tensors().stream().map(PairStats::name).toList();
        List<Measure> measures = Stream
                .concat(Stream.of(ORDER), Stream.of(PairStatistic.values()).filter(statistic -> statistic != ORDER))
                .map(statistic -> Measure.of(statistic, comparison.tensors(), names)).toList();
        table = new Table(summary(pairing), names, measures, ORDER.key(), true);
        return table;
    }

    private String summary(Pairing pairing) {
        String differences = Stream.of(part(pairing.onlyInA().size(), "only in the first"),
                part(pairing.onlyInB().size(), "only in the second"),
                part(pairing.shapeMismatches().size(), "of other shapes")).filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", "));
        return "median JS " + Cells.cell(comparison.overall().median(ORDER), Figure.Unit.BITS) + " bits"
                + (differences.isEmpty() ? "" : ", " + differences);
    }

    private static String part(int tensors, String what) {
        return tensors == 0 ? "" : tensors + " " + what;
    }

    @Override
    public Detail detail(int row) throws IOException {
        PairStats pair = comparison.tensors().get(row);
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Sentence("A: " + a.title()));
        blocks.add(new Block.Sentence("B: " + b.title()));
        blocks.add(new Block.Sentence(inWords(pair)));
        experts(pair, blocks);
        channels(ChannelCalculator.channels(pair), blocks);
        blocks.add(new Block.Heading("All figures"));
        table.measures().forEach(measure -> blocks
                .add(new Block.Fact(measure.header(), measure.cell(row).strip(), measure.description())));
        return new Detail(Text.printable(pair.name().name()), blocks);
    }

    private static String inWords(PairStats pair) {
        String columns = "Of the energy " + cell(PairStatistic.TOTAL_VARIATION, pair)
                + " stands on other columns; of the largest tenth of the columns "
                + cell(PairStatistic.TOP_10, pair) + " are the same.";
        String scale = "A has " + cell(PairStatistic.ENERGY_RATIO, pair) + " times the energy of B.";
        return switch (pair.difference()) {
            case null -> "The figures are undefined: no column has sound data in both.";
            case COLUMNS -> "Other columns matter. " + columns;
            case SCALE -> "The same columns matter, but their energy is another. " + scale;
            case BOTH -> "Other columns matter, and the energy is another. " + columns + " " + scale;
            case NONE -> "Much the same in both.";
        };
    }

    private static void experts(PairStats pair, List<Block> blocks) {
        if (pair.pair().matrices() > 1) {
            blocks.add(new Block.Sentence("Experts that A alone reached: " + TensorDetail.named(pair.pair().onlyInA())
                    + "; B alone: " + TensorDetail.named(pair.pair().onlyInB()) + "."));
        }
    }

    private static void channels(List<Channel> channels, List<Block> blocks) {
        List<Channel> top = channels.stream().limit(TOP).toList();
        if (top.isEmpty() || top.getFirst().divergence() == 0) {
            return;
        }
        double most = top.getFirst().divergence();
        blocks.add(new Block.Heading("Columns that differ most: bits of JS, E[x²] in A → in B"));
        blocks.add(new Block.Bars(top.stream().map(channel -> "column " + channel.column()).toList(),
                top.stream().map(channel -> channel.divergence() / most).toList(),
                TensorDetail.sideBySide(
                        top.stream().map(channel -> Cells.cell(channel.divergence(), Figure.Unit.NUMBER)).toList(),
                        top.stream().map(channel -> Cells.cell(channel.a(), Figure.Unit.NUMBER) + " → "
                                + Cells.cell(channel.b(), Figure.Unit.NUMBER)).toList())));
    }

    private static String cell(PairStatistic statistic, PairStats pair) {
        return Cells.of(Column.of(statistic), List.of(pair)).getFirst();
    }
}
