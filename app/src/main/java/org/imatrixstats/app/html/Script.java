package org.imatrixstats.app.html;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/** A script of the page. The page allows those alone that have the hash of one of these. */
record Script(String text) {
    /** D3 and Observable Plot, as published; see {@code lib/README.md}. */
    static final List<String> LIBRARIES = List.of("lib/d3.min.js", "lib/plot.umd.min.js");
    private static final List<String> OWN = List.of("base.js", "format.js", "tooltip.js", "matrix.js", "curves.js",
            "stream.js",
            "columns.js", "experts.js", "figures.js", "compare.js",
            "converge.js", "plan.js", "weights.js", "spectrum.js", "errors.js", "frontier.js", "measure.js", "page.js");

    static Script library(String name) throws IOException {
        return new Script(Template.resource(name));
    }

    /** The scripts of this package, as one. */
    static Script own() throws IOException {
        StringBuilder text = new StringBuilder("\"use strict\";\n(async () => {\n");
        for (String name : OWN) {
            text.append(Template.resource("js/" + name));
        }
        return new Script(text.append("})();\n").toString());
    }

    /** As a content security policy names it. */
    String source() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
