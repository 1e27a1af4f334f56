package org.imatrixstats.io;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A server of files for tests. {@code /NAME} redirects to a target that is good for one request, as the Hugging Face Hub does;
 * {@code /direct/NAME} answers itself. It can be made to fail in the ways that servers do.
 */
public final class FileServer implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]+)");

    private final HttpServer server;
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, String> targets = new ConcurrentHashMap<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bytesSent = new AtomicLong();
    private volatile String version = "one";
    private volatile int failEvery = Integer.MAX_VALUE;
    private volatile boolean rangesIgnored;
    private volatile boolean bodiesCut;
    private volatile String redirectTo;
    private volatile String tokens;
    private volatile String errorCode;
    private volatile int denial;
    private volatile String signedHost = "";
    private volatile long delay;
    private final AtomicInteger atATime = new AtomicInteger();
    private final AtomicInteger mostAtATime = new AtomicInteger();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();

    public FileServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    /** The address of a file, behind a redirect. */
    public String address(String name) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + name;
    }

    public FileServer put(String name, byte[] content) {
        files.put(name, content);
        return this;
    }

    /** From now on another version of all files. */
    public void version(String newVersion) {
        version = newVersion;
    }

    /** Every so many requests are answered with 503. */
    public void failEvery(int count) {
        failEvery = count;
    }

    /** From now on files are sent only after so many milliseconds. */
    public void delay(long millis) {
        delay = millis;
    }

    /** How many files were being sent at the same time, at most. */
    public int mostAtATime() {
        return mostAtATime.get();
    }

    /** From now on the whole file is sent, whatever range is asked for. */
    public void ignoreRanges() {
        rangesIgnored = true;
    }

    /** From now on the connection ends in the middle of the body. */
    public void cutBodies() {
        bodiesCut = true;
    }

    /** From now on everything is redirected to there. */
    public void redirectTo(String place) {
        redirectTo = place;
    }

    /**
     * From now on files need a token, unlike those behind a redirect.
     *
     * @param valid  that is accepted
     * @param status of a refusal
     */
    public void requireToken(String valid, int status, String code) {
        tokens = valid;
        denial = status;
        errorCode = code;
    }

    /** From now on any token is refused; who has none may read. */
    public void refuseTokens() {
        requireToken(null, 401, "");
    }

    /** From now on redirects lead to this name of the same machine, such as localhost. */
    public void signedHost(String host) {
        signedHost = "http://" + host + ":" + server.getAddress().getPort();
    }

    /** Paths of all requests, each with the authorization that it had. */
    public List<String> authorizations() {
        return authorizations;
    }

    /** Scheme, host and port. */
    public String origin() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public int requests() {
        return requests.get();
    }

    public long bytesSent() {
        return bytesSent.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath().substring(1);
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            authorizations.add(path.replaceAll("[0-9]+$", "") + " " + authorization);
            boolean denied = denial != 0 && !path.startsWith("signed/")
                    && !Objects.equals(tokens == null ? null : "Bearer " + tokens, authorization);
            if (denied) {
                exchange.getResponseHeaders().set("X-Error-Code", errorCode);
                exchange.sendResponseHeaders(denial, -1);
            } else if (requests.incrementAndGet() % failEvery == 0) {
                exchange.getResponseHeaders().set("Retry-After", "0");
                exchange.sendResponseHeaders(503, -1);
            } else if (redirectTo != null) {
                exchange.getResponseHeaders().set("Location", redirectTo);
                exchange.sendResponseHeaders(302, -1);
            } else if (path.startsWith("signed/")) {
                String name = targets.remove(path);
                send(exchange, name == null ? null : files.get(name), false);
            } else if (path.startsWith("direct/")) {
                send(exchange, files.get(path.substring("direct/".length())), true);
            } else if (files.containsKey(path)) {
                String target = "signed/" + requests.get();
                targets.put(target, path);
                exchange.getResponseHeaders().set("X-Linked-ETag", "\"" + version + "\"");
                exchange.getResponseHeaders().set("Location", signedHost + "/" + target);
                exchange.sendResponseHeaders(302, -1);
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void send(HttpExchange exchange, byte[] content, boolean tagged) throws IOException {
        if (content == null) {
            exchange.sendResponseHeaders(403, -1);
            return;
        }
        if (tagged) {
            exchange.getResponseHeaders().set("ETag", "\"" + version + "\"");
        }
        Matcher range = RANGE.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
        if (rangesIgnored || !range.matches()) {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            return;
        }
        int from = Integer.parseInt(range.group(1));
        int to = (int) Math.min(Long.parseLong(range.group(2)) + 1, content.length);
        if (from >= content.length) {
            exchange.getResponseHeaders().set("Content-Range", "bytes */" + content.length);
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + content.length);
        byte[] part = Arrays.copyOfRange(content, from, bodiesCut ? (from + to) / 2 : to);
        bytesSent.addAndGet(part.length);
        mostAtATime.accumulateAndGet(atATime.incrementAndGet(), Math::max);
        try {
            Thread.sleep(delay);
            exchange.sendResponseHeaders(206, to - from);
            exchange.getResponseBody().write(part);
        } catch (InterruptedException e) {
            throw new InterruptedIOException(e.getMessage());
        } finally {
            atATime.decrementAndGet();
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
