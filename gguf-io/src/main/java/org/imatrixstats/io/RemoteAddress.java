package org.imatrixstats.io;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a file on a server: {@code https://HOST/FILE}, or {@code hf://OWNER/REPO[@REVISION]/FILE} for a file of the
 * Hugging Face Hub. Plain {@code http} is for servers on this machine only.
 *
 * @param name as the user gave it
 * @param uri  where the file is; of the Hub at the revision that was given
 */
record RemoteAddress(String name, URI uri) {
    /** A path has one slash where an address has two: {@code Path} drops the other. */
    private static final Pattern ADDRESS = Pattern.compile("(https?|hf):/+(.+)", Pattern.DOTALL);
    private static final Pattern HUB = Pattern.compile("([^/@]+)/([^/@]+)(?:@([^/]+))?/(.+)", Pattern.DOTALL);
    private static final String DEFAULT_HUB = "https://huggingface.co";
    private static final String DEFAULT_REVISION = "main";
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    static boolean is(String name) {
        return ADDRESS.matcher(name).matches();
    }

    /** The address that a name stands for. */
    static RemoteAddress of(String name) throws FormatException {
        String hub = System.getenv("HF_ENDPOINT");
        return of(name, hub == null || hub.isEmpty() ? DEFAULT_HUB : hub);
    }

    /** @param hub where the Hugging Face Hub is */
    static RemoteAddress of(String name, String hub) throws FormatException {
        Matcher address = ADDRESS.matcher(name);
        if (!address.matches()) {
            throw new FormatException(name, "is not an address");
        }
        String scheme = address.group(1);
        String whole = scheme + "://" + address.group(2);
        if (!scheme.equals("hf")) {
            return new RemoteAddress(whole, checked(whole, whole));
        }
        Matcher file = HUB.matcher(address.group(2));
        if (!file.matches()) {
            throw new FormatException(whole, "expected hf://OWNER/REPO/FILE or hf://OWNER/REPO@REVISION/FILE");
        }
        String revision = file.group(3) == null ? DEFAULT_REVISION : file.group(3);
        String path = "/" + file.group(1) + "/" + file.group(2) + "/resolve/" + revision + "/" + file.group(4);
        return new RemoteAddress(whole, checked(whole, hub + escaped(path)));
    }

    private static String escaped(String path) {
        StringBuilder escaped = new StringBuilder();
        for (byte each : path.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = each > ' ' && each < 0x7f && "\"#%<>?[\\]^`{|}".indexOf(each) < 0;
            escaped.append(plain ? String.valueOf((char) each) : String.format(Locale.ROOT, "%%%02X", each & 0xff));
        }
        return escaped.toString();
    }

    private static URI checked(String name, String text) throws FormatException {
        try {
            URI uri = new URI(text);
            if (uri.getHost() == null || !isAllowed(uri)) {
                throw new FormatException(name, "expected an https:// address (http:// for this machine only)");
            }
            return uri;
        } catch (URISyntaxException e) {
            throw new FormatException(name, "is not an address: " + e.getReason(), e);
        }
    }

    /** Whether something may be fetched from there: encrypted, or not over a network. */
    static boolean isAllowed(URI uri) {
        return "https".equals(uri.getScheme())
                || "http".equals(uri.getScheme()) && THIS_MACHINE.contains(String.valueOf(uri.getHost()));
    }

    /** The page of the repository, if it is a file of the Hub. */
    String page() {
        return uri.toString().replaceFirst("/resolve/.*", "");
    }

    /** The same file at a fixed commit of the Hub, whatever is added to the branch meanwhile. */
    URI at(String commit) {
        if (!name.startsWith("hf://") || !commit.matches("[0-9a-f]{40}")) {
            return uri;
        }
        return URI.create(uri.toString().replaceFirst("/resolve/[^/]+/", "/resolve/" + commit + "/"));
    }
}
