package org.imatrixstats.app.html;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A resource with places such as <code>{{title}}</code>. */
record Template(String text) {
    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z-]+)}}");

    /** The resource of this package with that name, such as {@code page.html}. */
    static Template of(String name) throws IOException {
        return new Template(resource(name));
    }

    static String resource(String name) throws IOException {
        try (InputStream in = Template.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new FileNotFoundException("resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Writes the text with every place filled; what fills a place is written as it is. */
    void write(Appendable out, Map<String, String> parts) throws IOException {
        Matcher place = PLACE.matcher(text);
        int end = 0;
        while (place.find()) {
            if (!parts.containsKey(place.group(1))) {
                throw new IllegalArgumentException("nothing for " + place.group());
            }
            out.append(text, end, place.start()).append(parts.get(place.group(1)));
            end = place.end();
        }
        out.append(text, end, text.length());
    }

    String filled(Map<String, String> parts) throws IOException {
        StringBuilder filled = new StringBuilder();
        write(filled, parts);
        return filled.toString();
    }
}
