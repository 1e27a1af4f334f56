package org.imatrixstats.measure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.FormatException;

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
    private static final String MAGIC = "imatrix-stats measure 1";

    private final FileChannel out;

    private MeasureJournal(FileChannel out) {
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
        MeasureJournal journal = new MeasureJournal(FileChannel.open(file, StandardOpenOption.CREATE,
                StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING));
        journal.line(MAGIC + " " + digest + " " + plan.groups().size());
        MeasurePlan.Inputs inputs = plan.inputs();
        journal.line(withChecksum(String.join(" ", "inputs", base64(inputs.model()), base64(inputs.imatrix()),
                base64(inputs.text()), base64(inputs.program()), base64(inputs.grouping()),
                base64(inputs.evaluation()))));
        for (MeasurePlan.Group group : plan.groups()) {
            StringBuilder line = new StringBuilder("group " + base64(group.name()));
            group.tensors().forEach(
                    member -> line.append(' ').append(base64(member.tensor())).append(' ').append(member.type().id()));
            journal.line(withChecksum(line.toString()));
        }
        return journal;
    }

    /** Goes on with a journal that was read. */
    public static MeasureJournal append(Path file, Content content) throws IOException {
        FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE);
        out.truncate(content.end).position(content.end);
        return new MeasureJournal(out);
    }

    /** Adds a result, and waits until it is on the disk. */
    public void add(int group, KlDivergence result) throws IOException {
        line(withChecksum(group + " " + result.kld() + " " + result.kldError() + " " + result.ppl() + " "
                + result.pplError() + " " + result.sameTop() + " " + result.sameTopError() + " " + result.chunks() + " "
                + result.running()));
        out.force(false);
    }

    private void line(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private static String withChecksum(String line) {
        CRC32 crc = new CRC32();
        crc.update(line.getBytes(StandardCharsets.US_ASCII));
        return line + " " + Long.toHexString(crc.getValue());
    }

    private static String base64(String text) {
        return "=" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(String base64) {
        return new String(Base64.getDecoder().decode(base64.substring(1)), StandardCharsets.UTF_8);
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
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(Files.newInputStream(file), StandardCharsets.US_ASCII))) {
            return new Reader(file, lines).content();
        }
    }

    private static final class Reader {
        private final Path file;
        private final BufferedReader lines;
        private long end;
        private int number;

        Reader(Path file, BufferedReader lines) {
            this.file = file;
            this.lines = lines;
        }

        Content content() throws IOException {
            String header = lines.readLine();
            number++;
            if (header == null || !header.matches(Pattern.quote(MAGIC) + " [0-9a-f]{16} [0-9]{1,6}")) {
                throw new FormatException(file, "is not a journal or part file of 'imatrix-stats measure'");
            }
            end = header.length() + 1L;
            String[] words = header.split(" ");
            try {
                String[] inputs = fields("inputs");
                MeasurePlan.Inputs read = new MeasurePlan.Inputs(text(inputs[1]), text(inputs[2]), text(inputs[3]),
                        text(inputs[4]), text(inputs[5]), text(inputs[6]));
                List<MeasurePlan.Group> groups = new ArrayList<>();
                for (int i = 0; i < Integer.parseInt(words[4]); i++) {
                    groups.add(group(fields("group")));
                }
                MeasurePlan plan = new MeasurePlan(read, groups);
                return new Content(words[3], plan, results(groups.size()), Math.min(end, Files.size(file)));
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw new FormatException(file, "line " + number + " is damaged", e);
            }
        }

        private String[] fields(String kind) throws IOException {
            String line = checked(lines.readLine());
            String[] fields = line == null ? new String[0] : line.split(" ");
            if (fields.length == 0 || !fields[0].equals(kind)) {
                throw new FormatException(file, "line " + number + " is damaged: expected '" + kind + "'");
            }
            return fields;
        }

        /** A line without its checksum; null if it is torn. */
        private String checked(String line) {
            number++;
            int space = line == null ? -1 : line.lastIndexOf(' ');
            if (space < 0 || !withChecksum(line.substring(0, space)).equals(line)) {
                return null;
            }
            end += line.length() + 1L;
            return line.substring(0, space);
        }

        private static MeasurePlan.Group group(String[] fields) {
            List<GroupLoss.Member> members = new ArrayList<>();
            for (int i = 2; i < fields.length; i += 2) {
                GgmlType type = GgmlType.ofId(Long.parseLong(fields[i + 1]));
                if (type == null) {
                    throw new IllegalArgumentException(fields[i + 1]);
                }
                members.add(new GroupLoss.Member(text(fields[i]), type));
            }
            return new MeasurePlan.Group(text(fields[1]), members);
        }

        private SortedMap<Integer, KlDivergence> results(int groups) throws IOException {
            SortedMap<Integer, KlDivergence> results = new TreeMap<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String whole = checked(line);
                if (whole == null && lines.readLine() == null) {
                    break;
                }
                String[] fields = whole == null ? new String[0] : whole.split(" ");
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
}
