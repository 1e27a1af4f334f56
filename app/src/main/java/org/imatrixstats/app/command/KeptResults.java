package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.measure.KldPoint;
import org.imatrixstats.measure.KldResults;

/** Measured models in a table that grows; without a file, nothing is kept. */
final class KeptResults {
    private final Path file;
    private final List<KldPoint> points = new ArrayList<>();

    /** @param file null without one */
    KeptResults(Path file, Console console) throws IOException {
        this.file = file;
        if (file != null && Files.exists(file) && Files.size(file) > 0) {
            if (!KldResults.canAppend(Files.readString(file))) {
                throw new FormatException(file, "line 1: expected the columns " + String.join(",", KldResults.COLUMNS)
                        + ", to add lines to it; another table can be read with --import");
            }
            if (Files.readString(file).lines().count() > 1) {
                try (ByteSource source = console.files().open(file)) {
                    points.addAll(KldResults.read(source));
                }
            }
        }
    }

    /** The same measurement, if it is there. */
    Optional<KldPoint> find(KldPoint wanted) {
        return points.stream().filter(wanted::repeats).findFirst();
    }

    /** Adds those that are not there; returns the points as given. */
    List<KldPoint> add(List<KldPoint> more) throws IOException {
        for (KldPoint point : more) {
            if (find(point).isEmpty()) {
                points.add(point);
                if (file != null) {
                    boolean first = !Files.exists(file) || Files.size(file) == 0;
                    Files.writeString(file, first ? KldResults.text(List.of(point)) : KldResults.line(point),
                            StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                }
            }
        }
        return more;
    }
}
