package org.imatrixstats.app.html;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

import org.imatrixstats.app.output.JsonEscapes;
import org.imatrixstats.app.output.OutputFormat;
import org.imatrixstats.app.output.check.CheckWriter;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.compare.ColumnDensity.Cell;
import org.imatrixstats.compare.ColumnDensity;
import org.imatrixstats.stats.ColumnDistribution;
import org.imatrixstats.stats.Figure;
import org.imatrixstats.stats.TensorStats;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;

/**
 * The data of a page, {@code imatrix-stats/page/1}: what the commands print with {@code --format json}, each under its
 * name, and what charts need beyond that. No text in it can end the element that holds it. The data of very many tensors
 * are packed: {@link #text}.
 */
final class Island {
    private static final String SCHEMA = "imatrix-stats/page/1";
    /** More characters are packed: a page for a thousand tensors has about one and a half million. */
    private static final int MOST_PLAIN = 1 << 23;
    /** Digits of figures in what is packed: more than charts and tables show. */
    private static final MathContext PACKED_DIGITS = new MathContext(8);
    private static final int COMPRESSION_BUFFER = 1 << 16;

    private final StringWriter text = new StringWriter();
    private final JsonFactory factory = JsonFactory.builder().characterEscapes(new ScriptEscapes()).build();
    private final JsonGenerator json = factory.createGenerator(ObjectWriteContext.empty(), text);

    Island() {
        json.writeStartObject();
        json.writeStringProperty("schema", SCHEMA);
    }

    /** An end tag or a comment needs one of these characters. */
    private static final class ScriptEscapes extends JsonEscapes {
        private static final long serialVersionUID = 1;

        @Override
        public int[] getEscapeCodesForAscii() {
            int[] escapes = super.getEscapeCodesForAscii();
            escapes['<'] = ESCAPE_CUSTOM;
            escapes['>'] = ESCAPE_CUSTOM;
            escapes['&'] = ESCAPE_CUSTOM;
            return escapes;
        }

        @Override
        public SerializableString getEscapeSequence(int c) {
            return c == '<' || c == '>' || c == '&'
                    ? new SerializedString(String.format("\\u%04x", c))
                    : super.getEscapeSequence(c);
        }
    }

    /** A document as a command prints it. */
    void document(String name, String document) {
        json.writeName(name);
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), document)) {
            parser.nextToken();
            json.copyCurrentStructure(parser);
        }
    }

    void check(List<FilePart> files) {
        CheckWriter writer = CheckWriter.of(OutputFormat.JSON, Terminal.PIPE, true);
        files.forEach(file -> writer.add(file.check()));
        document("check", writer.text());
    }

    /** Names, units and definitions of the figures, by level. */
    void figures() {
        json.writeObjectPropertyStart("figures");
        for (String level : FigureTable.LEVELS) {
            json.writeArrayPropertyStart(level);
            FigureTable.figures(level).forEach(this::figure);
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private void figure(Figure<?> figure) {
        json.writeStartObject();
        json.writeStringProperty("key", figure.key());
        json.writeStringProperty("header", figure.header());
        json.writeStringProperty("unit", figure.unit().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("description", figure.description());
        json.writeEndObject();
    }

    /** Histograms, largest columns and tokens per expert, by file. */
    void columns(List<FilePart> files) {
        json.writeArrayPropertyStart("columns");
        for (FilePart file : files) {
            json.writeStartObject();
            json.writeArrayPropertyStart("distributions");
            file.distributions().forEach(this::distribution);
            json.writeEndArray();
            json.writeArrayPropertyStart("loads");
            byTokens(file.withExpertLoad()).forEach(this::load);
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void distribution(ColumnDistribution distribution) {
        json.writeStartObject();
        json.writeStringProperty("name", distribution.tensor().name().name());
        json.writeNumberProperty("first_bin", distribution.firstBin());
        json.writeArrayPropertyStart("counts");
        distribution.counts().forEach(json::writeNumber);
        json.writeEndArray();
        json.writeNumberProperty("zeros", distribution.zeros());
        json.writeArrayPropertyStart("top");
        for (ColumnDistribution.Channel channel : distribution.top()) {
            json.writeStartArray();
            json.writeNumber(channel.expert());
            json.writeNumber(channel.column());
            // What the file holds is a float: seven digits say all.
            json.writeNumber((float) channel.energy());
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** Tensors of a layer mostly see the same tokens: these are told once. */
    private static Map<List<Long>, List<String>> byTokens(List<TensorStats> tensors) {
        Map<List<Long>, List<String>> names = new LinkedHashMap<>();
        for (TensorStats tensor : tensors) {
            List<Long> tokens = IntStream.range(0, tensor.entry().experts()).mapToObj(tensor.entry()::count).toList();
            names.computeIfAbsent(tokens, _ -> new ArrayList<>()).add(tensor.name().name());
        }
        return names;
    }

    private void load(List<Long> tokens, List<String> names) {
        json.writeStartObject();
        json.writeArrayPropertyStart("names");
        names.forEach(json::writeString);
        json.writeEndArray();
        json.writeArrayPropertyStart("tokens");
        tokens.forEach(json::writeNumber);
        json.writeEndArray();
        json.writeEndObject();
    }

    /** Where columns lie in two files, by pair: rows of squares, each a place in A, the first place in B, and counts from there. */
    void densities(List<List<ColumnDensity>> pairs) {
        json.writeArrayPropertyStart("densities");
        for (List<ColumnDensity> densities : pairs) {
            json.writeStartArray();
            densities.forEach(this::density);
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private void density(ColumnDensity density) {
        json.writeStartObject();
        json.writeStringProperty("name", density.tensor().name().name());
        json.writeNumberProperty("half_octaves", density.halfOctaves());
        json.writeArrayPropertyStart("rows");
        density.cells().stream().collect(Collectors.groupingBy(Cell::a, LinkedHashMap::new, Collectors.toList()))
                .values().forEach(this::row);
        json.writeEndArray();
        json.writeNumberProperty("zeros", density.zeros());
        json.writeEndObject();
    }

    private void row(List<Cell> cells) {
        json.writeStartArray();
        json.writeNumber(cells.getFirst().a());
        int place = cells.getFirst().b();
        json.writeNumber(place);
        for (Cell cell : cells) {
            for (; place < cell.b(); place++) {
                json.writeNumber(0);
            }
            json.writeNumber(cell.count());
            place++;
        }
        json.writeEndArray();
    }

    /**
     * What stands in the element of the data.
     *
     * @param type the type of the element
     */
    record Text(String type, String text) {
    }

    /** The whole as JSON; where that is long, compressed by gzip, in base64, with fewer digits. */
    Text text() throws IOException {
        json.writeEndObject();
        json.close();
        String plain = text.toString();
        return plain.length() <= MOST_PLAIN
                ? new Text("application/json", plain)
                : new Text("application/gzip+base64", packed(plain));
    }

    private String packed(String plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream best = new GZIPOutputStream(bytes, COMPRESSION_BUFFER) {
            {
                def.setLevel(Deflater.BEST_COMPRESSION);
            }
        };
                JsonParser parser = factory.createParser(ObjectReadContext.empty(), plain);
                JsonGenerator fewer = factory.createGenerator(ObjectWriteContext.empty(), best)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_NUMBER_FLOAT) {
                    fewer.writeNumber(shortened(parser.getString()));
                } else {
                    fewer.copyCurrentEvent(parser);
                }
            }
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static String shortened(String number) {
        return new BigDecimal(number).round(PACKED_DIGITS).stripTrailingZeros().toString().replace("E+", "e");
    }
}
