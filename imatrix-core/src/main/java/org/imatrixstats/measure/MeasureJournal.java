package org.imatrixstats.measure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.journal.JournalKind;
import org.imatrixstats.journal.JournalReader;
import org.imatrixstats.journal.JournalWriter;

/**
 * Results of runs on disk, a line for each as it is done, so that an interrupted measurement can go on and parts of one can
 * be put together.
 *
 * <pre>
 * imatrix-stats measure 1 DIGEST GROUPS
 * inputs MODEL IMATRIX TEXT PROGRAM GROUPING EVALUATION CRC32     (texts in Base64, after =)
 * group NAME TENSOR TYPE [TENSOR TYPE …] CRC32
 * …
 * NUMBER KLD ERROR PPL ERROR SAME_TOP ERROR CHUNKS RUNNING CRC32
 * …
 * </pre>
 *
 * A last line that is torn is passed over.
 */
public final class MeasureJournal implements AutoCloseable {
    /** What such journals are called. */
    public static final JournalKind KIND = new JournalKind("measure", 1, "measure");

    private final JournalWriter out;

    private MeasureJournal(JournalWriter out) {
        this.out = out;
    }

    /**
     * What a journal holds.
     *
     * @param digest  what its results belong to
     * @param results by the number of the group
     * @param end     where its last whole line ends, in bytes
     */
    public record Content(String digest, MeasurePlan plan, SortedMap<Integer, KlDivergence> results, long end) {
        /** The results as losses, in the order of the plan. */
        public List<GroupLoss> losses() {
            return results.entrySet().stream().map(each -> {
                MeasurePlan.Group group = plan.groups().get(each.getKey());
                return new GroupLoss(group.name(), group.tensors(), each.getValue());
            }).toList();
        }
    }

    /** Begins a journal, in place of any that is there. */
    public static MeasureJournal create(Path file, String digest, MeasurePlan plan) throws IOException {
        List<String> lines = new ArrayList<>();
        MeasurePlan.Inputs inputs = plan.inputs();
        lines.add("inputs " + Stream.of(inputs.model(), inputs.imatrix(), inputs.text(), inputs.program(),
                inputs.grouping(), inputs.evaluation()).map(JournalWriter::field).collect(Collectors.joining(" ")));
        for (MeasurePlan.Group group : plan.groups()) {
            StringBuilder line = new StringBuilder("group " + JournalWriter.field(group.name()));
            group.tensors().forEach(member -> line.append(' ').append(JournalWriter.field(member.tensor())).append(' ')
                    .append(member.type().id()));
            lines.add(line.toString());
        }
        return new MeasureJournal(JournalWriter.create(file, KIND, digest, plan.groups().size(), lines));
    }

    /** Goes on with a journal that was read. */
    public static MeasureJournal append(Path file, Content content) throws IOException {
        return new MeasureJournal(JournalWriter.append(file, content.end));
    }

    /** Adds a result, and waits until it is on the disk. */
    public void add(int group, KlDivergence result) throws IOException {
        out.add(group + " " + result.kld() + " " + result.kldError() + " " + result.ppl() + " "
                + result.pplError() + " " + result.sameTop() + " " + result.sameTopError() + " " + result.chunks() + " "
                + result.running());
        out.force();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /**
     * Reads a journal or part file.
     *
     * @throws FormatException if it is not one, or is damaged before its last line
     */
    public static Content read(Path file) throws IOException {
        try (JournalReader lines = new JournalReader(file)) {
            JournalReader.Header header = lines.header(KIND);
            try {
                MeasurePlan plan = plan(lines, header.count());
                SortedMap<Integer, KlDivergence> results = results(lines, plan.groups().size());
                return new Content(header.digest(), plan, results, lines.end());
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw lines.damaged(e);
            }
        }
    }

    private static MeasurePlan plan(JournalReader lines, int groups) throws IOException {
        String[] inputs = lines.fields("inputs");
        List<MeasurePlan.Group> planned = new ArrayList<>();
        MeasurePlan.Inputs read = new MeasurePlan.Inputs(JournalReader.text(inputs[1]), JournalReader.text(inputs[2]),
                JournalReader.text(inputs[3]), JournalReader.text(inputs[4]), JournalReader.text(inputs[5]),
                JournalReader.text(inputs[6]));
        for (int i = 0; i < groups; i++) {
            planned.add(group(lines.fields("group")));
        }
        return new MeasurePlan(read, planned);
    }

    private static MeasurePlan.Group group(String[] fields) {
        List<GroupLoss.Member> members = new ArrayList<>();
        for (int i = 2; i < fields.length; i += 2) {
            GgmlType type = GgmlType.ofId(Long.parseLong(fields[i + 1]));
            if (type == null) {
                throw new IllegalArgumentException(fields[i + 1]);
            }
            members.add(new GroupLoss.Member(JournalReader.text(fields[i]), type));
        }
        return new MeasurePlan.Group(JournalReader.text(fields[1]), members);
    }

    private static SortedMap<Integer, KlDivergence> results(JournalReader lines, int groups) throws IOException {
        SortedMap<Integer, KlDivergence> results = new TreeMap<>();
        for (String[] fields = lines.next(); fields != null; fields = lines.next()) {
            int group = Integer.parseInt(fields[0]);
            if (group < 0 || group >= groups) {
                throw new IllegalArgumentException(fields[0]);
            }
            results.put(group, new KlDivergence(Double.parseDouble(fields[1]), Double.parseDouble(fields[2]),
                    Double.parseDouble(fields[3]), Double.parseDouble(fields[4]), Double.parseDouble(fields[5]),
                    Double.parseDouble(fields[6]), Integer.parseInt(fields[7]), Boolean.parseBoolean(fields[8])));
        }
        return results;
    }
}
