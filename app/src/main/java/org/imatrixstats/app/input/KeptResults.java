package org.imatrixstats.app.input;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.MappedFile;
import org.imatrixstats.measure.KldPoint;
import org.imatrixstats.measure.KldResults;

/** Measured models in a table that grows; without a file, nothing is kept. */
public final class KeptResults {
    private final Path file;
    private final List<KldPoint> points = new ArrayList<>();
    private boolean endsWithinLine;

    /** @param file null without one */
    public KeptResults(Path file) throws IOException {
        this.file = file;
        if (file == null || !Files.exists(file) || Files.size(file) == 0) {
            return;
        }
        try (ByteSource source = MappedFile.open(file)) {
            String text = text(file);
            if (!KldResults.canAppend(text)) {
                throw new FormatException(file, "expected the columns " + String.join(",", KldResults.COLUMNS)
                        + ", to add lines to it; another table can be read with --import");
            }
            endsWithinLine = !text.endsWith("\n");
            if (text.lines().filter(line -> !line.startsWith("#") && !line.isBlank()).count() > 1) {
                points.addAll(KldResults.read(source));
            }
        }
    }

    /** Empty if it is not in UTF-8: lines in another encoding than the rest could not be read. */
    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            return "";
        }
    }

    /** The same measurement, if it is there. */
    public Optional<KldPoint> find(KldPoint wanted) {
        return points.stream().filter(wanted::repeats).findFirst();
    }

    /** Adds those that are not there; returns the points as given. */
    public List<KldPoint> add(List<KldPoint> more) throws IOException {
        for (KldPoint point : more) {
            if (find(point).isEmpty()) {
                points.add(point);
                if (file != null) {
                    boolean first = !Files.exists(file) || Files.size(file) == 0;
                    Files.writeString(file, (endsWithinLine ? "\n" : "")
                            + (first ? KldResults.text(List.of(point)) : KldResults.line(point)),
                            StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                    endsWithinLine = false;
                }
            }
        }
        return more;
    }
}
