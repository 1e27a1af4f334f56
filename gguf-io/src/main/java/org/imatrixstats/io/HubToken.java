package org.imatrixstats.io;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The access token of the user for the Hugging Face Hub, from the places of
 * <a href="https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables">huggingface_hub</a>:
 * {@code HF_TOKEN}, {@code HF_TOKEN_PATH}, {@code HF_HOME/token}. It is sent to the Hub alone, and no message holds it.
 */
final class HubToken {
    private static final String HUB = "https://huggingface.co";
    private static final Pattern TOKEN = Pattern.compile("[!-~]+");
    private static final Set<String> TRUE = Set.of("1", "on", "yes", "true");
    private static final int MOST_BYTES = 1 << 12;

    private final String hub;
    private final Map<String, String> environment;
    private boolean sought;
    private String value = "";
    private String origin = "";

    private HubToken(String hub, Map<String, String> environment) {
        this.hub = hub;
        this.environment = environment;
    }

    static HubToken ofUser() {
        return of(HUB, System.getenv());
    }

    /** @param hub scheme, host and port of the Hub */
    static HubToken of(String hub, Map<String, String> environment) {
        return new HubToken(hub, environment);
    }

    /** Whether an address is one of the Hub. */
    boolean isHub(URI address) {
        return hub.equals((address.getScheme() + "://" + address.getRawAuthority()).toLowerCase(Locale.ROOT));
    }

    /** The token; empty if there is none. */
    String value() throws FormatException {
        if (!sought) {
            value = sought();
            sought = true;
        }
        return value;
    }

    /** Where the token comes from. */
    String origin() {
        return origin;
    }

    private String sought() throws FormatException {
        if (TRUE.contains(given("HF_HUB_DISABLE_IMPLICIT_TOKEN").toLowerCase(Locale.ROOT))) {
            return "";
        }
        for (String variable : new String[]{"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
            if (!given(variable).isEmpty()) {
                origin = variable;
                return checked(given(variable));
            }
        }
        try {
            Path file = file();
            if (Files.isRegularFile(file) && Files.size(file) <= MOST_BYTES) {
                origin = file.toString();
                return checked(Files.readString(file).strip());
            }
        } catch (IOException | InvalidPathException e) {
            // Public files can be read without.
        }
        return "";
    }

    private String given(String variable) {
        return environment.getOrDefault(variable, "").strip();
    }

    private Path file() {
        if (!given("HF_TOKEN_PATH").isEmpty()) {
            return path(given("HF_TOKEN_PATH"));
        }
        if (!given("HF_HOME").isEmpty()) {
            return path(given("HF_HOME")).resolve("token");
        }
        Path cache = given("XDG_CACHE_HOME").isEmpty() ? path("~/.cache") : path(given("XDG_CACHE_HOME"));
        return cache.resolve("huggingface").resolve("token");
    }

    private Path path(String text) {
        String home = given("HOME").isEmpty() ? System.getProperty("user.home") : given("HOME");
        return Path.of(text.startsWith("~/") ? home + text.substring(1) : text);
    }

    private String checked(String token) throws FormatException {
        if (!token.isEmpty() && !TOKEN.matcher(token).matches()) {
            throw new FormatException(origin, "is not an access token: it has spaces or characters beyond ASCII");
        }
        return token;
    }
}
