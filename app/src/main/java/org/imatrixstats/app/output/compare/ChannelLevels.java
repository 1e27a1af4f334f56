package org.imatrixstats.app.output.compare;

import java.io.IOException;
import java.util.List;
import java.util.Set;

import org.imatrixstats.app.output.Level;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.output.compare.CompareReport.Two;
import org.imatrixstats.app.terminal.Text;
import org.imatrixstats.compare.Channel;
import org.imatrixstats.compare.ChannelCalculator;
import org.imatrixstats.compare.ChannelStatistic;
import org.imatrixstats.compare.OutlierChannel;
import org.imatrixstats.compare.OutlierStatistic;

/** What a row is where the columns of two tensors are compared. */
public final class ChannelLevels {
    public static final Level<Two, Channel> CHANNEL = new ChannelLevel();
    public static final Level<Two, OutlierChannel> OUTLIER = new OutlierLevel();

    private ChannelLevels() {
    }

    /** A column of one tensor per row. */
    private static final class ChannelLevel extends Level<Two, Channel> {
        private static final List<List<String>> SHOWN = keys("js_divergence", "e_*", "rank_*", "share_*",
                "share_ratio");

        ChannelLevel() {
            super("channel", List.of(ChannelStatistic.COLUMN.key()), columns(ChannelStatistic.values()));
        }

        @Override
        public List<Channel> rows(Two two) throws IOException {
            return ChannelCalculator.channels(two.channels());
        }

        @Override
        public String order() {
            return ChannelStatistic.JS_DIVERGENCE.key();
        }

        @Override
        public boolean alwaysOrdered() {
            return true;
        }

        @Override
        protected List<List<String>> shown(Sheet<Two, Channel> sheet) {
            return SHOWN;
        }

        @Override
        protected String title(Sheet<Two, Channel> sheet) {
            return "channels of " + Text.printable(sheet.source().channels().name().name());
        }

        @Override
        protected List<String> notes(Sheet<Two, Channel> sheet, Set<String> headers) {
            return List
                    .of("JS: contribution of the column to the Jensen-Shannon divergence, in bits. share: share of the energy of all columns. Rank 1 is the largest E[x²].");
        }
    }

    /** A column of the tensors of one width per row. */
    private static final class OutlierLevel extends Level<Two, OutlierChannel> {
        private static final List<List<String>> SHOWN = keys("in_*", "tensors", "times_*");

        OutlierLevel() {
            super("outlier_channel", List.of(OutlierStatistic.WIDTH.key(), OutlierStatistic.COLUMN.key()),
                    columns(OutlierStatistic.values()));
        }

        @Override
        public List<OutlierChannel> rows(Two two) throws IOException {
            return ChannelCalculator.outliers(two.selected(), two.threads());
        }

        @Override
        public String order() {
            return OutlierStatistic.IN_A.key();
        }

        @Override
        protected List<List<String>> shown(Sheet<Two, OutlierChannel> sheet) {
            return SHOWN;
        }

        @Override
        protected String title(Sheet<Two, OutlierChannel> sheet) {
            return "channels that are outliers in many tensors";
        }

        @Override
        protected List<String> notes(Sheet<Two, OutlierChannel> sheet, Set<String> headers) {
            return List.of("in " + sheet.source().letterA() + ", in " + sheet.source().letterB()
                    + ": tensors of that width"
                    + " in which the channel is among the largest 1%. × mean: its E[x²] over the mean of all channels, on"
                    + " average.");
        }
    }
}
