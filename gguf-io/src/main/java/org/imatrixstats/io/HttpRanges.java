package org.imatrixstats.io;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fetches ranges of one file by HTTP. A server that answers with anything but the range and the size of the whole file is
 * refused, also if the file changes meanwhile. Redirects are followed again for each range: what the Hugging Face Hub redirects
 * to is valid for some minutes only. What may be a passing failure is tried again, later and later. Once something was fetched,
 * threads may fetch at the same time.
 */
final class HttpRanges {
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final int MOST_REDIRECTS = 10;
    private static final int TRIES = 6;
    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504);
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})");
    private static final Pattern EMPTY_RANGE = Pattern.compile("bytes \\*/0");
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final String COMMIT = "X-Repo-Commit";
    /** Headers that tell one version of a file from another, on any of the answers on the way to it. */
    private static final List<String> VERSION = List.of(COMMIT, "X-Linked-ETag", "ETag");

    /** Made when it is first needed: to make it takes half a second. */
    private static final class Client {
        private static final HttpClient INSTANCE = HttpClient.newBuilder().connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER).build();
    }

    /** A failure that may pass: the next try may succeed. */
    private static final class PassingException extends IOException {
        private static final long serialVersionUID = 1L;
        private final long pauseMillis;

        PassingException(String message, long pauseMillis) {
            super(message);
            this.pauseMillis = pauseMillis;
        }
    }

    private final RemoteAddress address;
    private final HubToken token;
    private final long firstPauseMillis;
    /** The Hub denies whatever is asked with a token that is not valid, also what is public. */
    private volatile boolean tokenRefused;
    private URI uri;
    private long size = -1;
    private Map<String, String> version;

    HttpRanges(RemoteAddress address) {
        this(address, HubToken.ofUser(), FIRST_PAUSE_MILLIS);
    }

    /** @param firstPauseMillis before the second try; each pause is twice as long as the one before */
    HttpRanges(RemoteAddress address, HubToken token, long firstPauseMillis) {
        this.address = address;
        this.token = token;
        this.uri = address.uri();
        this.firstPauseMillis = firstPauseMillis;
    }

    String name() {
        return address.name();
    }

    /** Bytes of the file, once something was fetched. */
    long size() {
        return size;
    }

    /** The first bytes, at most {@code count}. */
    byte[] first(int count) throws IOException {
        return tried(0, count);
    }

    /** Bytes that are known to be there. */
    byte[] fetch(long offset, int count) throws FormatException {
        return tried(offset, count);
    }

    private byte[] tried(long offset, int count) throws FormatException {
        long pause = firstPauseMillis;
        for (int attempt = 1;; attempt++) {
            try {
                return once(offset, count);
            } catch (FormatException e) {
                throw e;
            } catch (IOException e) {
                if (attempt == TRIES) {
                    throw new FormatException(name(), "could not be fetched, tried " + TRIES + " times: " + reason(e),
                            e);
                }
                pause(e instanceof PassingException passing ? Math.max(pause, passing.pauseMillis) : pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            }
        }
    }

    private static String reason(IOException e) {
        if (e instanceof ConnectException) {
            return "cannot connect to the server. Is its name right, and the network up?";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private void pause(long millis) throws FormatException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FormatException(name(), "was not fetched: interrupted", e);
        }
    }

    private byte[] once(long offset, int count) throws IOException {
        Map<String, String> seen = new LinkedHashMap<>();
        URI place = uri;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            String sent = token(place);
            HttpResponse<InputStream> answer = send(place, sent, offset, count);
            try (InputStream body = answer.body()) {
                note(answer.headers(), seen);
                if (answer.statusCode() == UNAUTHORIZED && !sent.isEmpty()) {
                    tokenRefused = true;
                    continue;
                }
                if (!REDIRECTS.contains(answer.statusCode())) {
                    return range(answer, body, offset, count, seen);
                }
                place = target(answer, place);
            }
        }
        throw new FormatException(name(), "is redirected more than " + MOST_REDIRECTS + " times");
    }

    /** The token for a place: only where the user names the Hub, and only on the Hub, wherever it redirects to. */
    private String token(URI place) throws FormatException {
        return !tokenRefused && token.isHub(address.uri()) && token.isHub(place) ? token.value() : "";
    }

    private HttpResponse<InputStream> send(URI place, String sent, long offset, int count) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(place).timeout(ANSWER)
                .header("Range", "bytes=" + offset + "-" + (offset + count - 1)).header("Accept-Encoding", "identity")
                .header("User-Agent", "imatrix-stats");
        if (!sent.isEmpty()) {
            request.header("Authorization", "Bearer " + sent);
        }
        try {
            return Client.INSTANCE.send(request.build(), BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FormatException(name(), "was not fetched: interrupted", e);
        }
    }

    private static void note(HttpHeaders headers, Map<String, String> seen) {
        for (String header : VERSION) {
            headers.firstValue(header).ifPresent(value -> seen.put(header, value));
        }
    }

    private URI target(HttpResponse<?> answer, URI place) throws FormatException {
        String location = answer.headers().firstValue("Location").orElse("");
        URI target;
        try {
            target = place.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new FormatException(name(), "is redirected to '" + location + "', which is not an address", e);
        }
        if (location.isEmpty() || !RemoteAddress.isAllowed(target)) {
            throw new FormatException(name(), "is redirected to '" + location + "', expected an https:// address");
        }
        return target;
    }

    private byte[] range(HttpResponse<?> answer, InputStream body, long offset, int count, Map<String, String> seen)
            throws IOException {
        int status = answer.statusCode();
        String range = answer.headers().firstValue("Content-Range").orElse("");
        if (status == 416 && EMPTY_RANGE.matcher(range).matches() && offset == 0) {
            accept(0, seen);
            return new byte[0];
        }
        if (PASSING.contains(status)) {
            throw new PassingException("the server answers " + status, retryAfterMillis(answer.headers()));
        }
        if (status == 404) {
            throw new NotFoundException(name());
        }
        if (status != 206) {
            throw new FormatException(name(), switch (status) {
                case 200 -> "the server sends the whole file for a part of it: it does not support range requests";
                case UNAUTHORIZED, FORBIDDEN -> denied(answer);
                case 416 -> "ends before offset " + offset + ": it changed on the server while it was read";
                default -> "the server answers " + status + ", expected 206 (a part of the file)";
            });
        }
        Matcher part = CONTENT_RANGE.matcher(range);
        if (!part.matches() || Long.parseLong(part.group(1)) != offset) {
            throw new FormatException(name(), "the server answers with Content-Range '" + range + "' to a request of "
                    + count + " bytes at " + offset + ", expected the range and the size of the file");
        }
        accept(Long.parseLong(part.group(3)), seen);
        int expected = (int) Math.min(count, size - offset);
        if (Long.parseLong(part.group(2)) != offset + expected - 1) {
            throw new PassingException("the server sends another range than was asked for: " + range, 0);
        }
        byte[] bytes = body.readNBytes(expected);
        if (bytes.length < expected || body.read() >= 0) {
            throw new PassingException("the server sends more or fewer bytes than it says", 0);
        }
        return bytes;
    }

    /** What to do where access is denied. The Hub says so too of a repository that is not there. */
    private String denied(HttpResponse<?> answer) throws FormatException {
        String denied = "the server denies access (" + answer.statusCode() + ")";
        if (!token.isHub(answer.uri())) {
            return denied + ": only a file that anyone may read can be fetched from there";
        }
        String tokens = " (https://huggingface.co/settings/tokens)";
        if (tokenRefused) {
            return denied + ": the access token in " + token.origin() + " is not valid. Make a new one" + tokens;
        }
        boolean gated = answer.headers().firstValue("X-Error-Code").orElse("").equals("GatedRepo");
        return denied + (gated
                ? ": the model is gated. Accept its terms on " + address.page() + ", and "
                : ": is the name right? For a private or gated model, ")
                + (token.value().isEmpty()
                        ? "set HF_TOKEN to an access token that may read it"
                        : "see that the access token in " + token.origin() + " may read it")
                + tokens;
    }

    /** All ranges must be of one version of the file. */
    private void accept(long total, Map<String, String> seen) throws FormatException {
        if (version == null) {
            version = seen;
            size = total;
            uri = address.at(seen.getOrDefault(COMMIT, ""));
            return;
        }
        boolean other = seen.entrySet().stream()
                .anyMatch(
                        header -> !header.getValue().equals(version.getOrDefault(header.getKey(), header.getValue())));
        if (total != size || other) {
            throw new FormatException(name(), "changed on the server while it was read");
        }
    }

    /** The pause that the server asks for, if it is in seconds and not too long. */
    private static long retryAfterMillis(HttpHeaders headers) {
        OptionalLong seconds = headers.firstValue("Retry-After").filter(value -> value.matches("[0-9]{1,4}")).stream()
                .mapToLong(Long::parseLong).findFirst();
        return Math.min(LONGEST_PAUSE_MILLIS, 1000 * seconds.orElse(0));
    }
}
