package org.imatrixstats.app.html;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import org.imatrixstats.app.Json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Chromium without a window, driven through the DevTools protocol. It is looked for, never installed. */
final class Browser implements AutoCloseable {
    private static final List<String> PROGRAMS = List.of("chromium", "chromium-browser", "google-chrome", "chrome");
    private static final List<String> OPTIONS = List.of("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-extensions", "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-port=0");
    private static final long TIMEOUT_SECONDS = 120;
    private static final long POLL_MILLIS = 20;
    private static final int PHONE = 600;
    private static final String TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))";

    private final Process process;
    private final Path profile;
    private final WebSocket socket;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> problems = Collections.synchronizedList(new ArrayList<>());
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    private Browser(Process process, Path profile, URI page) {
        this.process = process;
        this.profile = profile;
        this.socket = HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(page, new Listener()).join();
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            send(domain + ".enable", Map.of());
        }
    }

    /** The program on the PATH; empty if there is none. */
    static Optional<Path> program() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator)).flatMap(
                folder -> PROGRAMS.stream().map(name -> Path.of(folder, name))).filter(Files::isExecutable).findFirst();
    }

    /** @param profile an empty folder */
    static Browser start(Path program, Path profile) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(OPTIONS);
        command.add("--user-data-dir=" + profile);
        command.add("about:blank");
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(profile.resolveSibling("browser.log").toFile()).start();
        Path port = profile.resolve("DevToolsActivePort");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (!Files.exists(port) || Files.readAllLines(port).size() < 2) {
            if (System.nanoTime() > end || !process.isAlive()) {
                process.destroyForcibly();
                throw new IOException("the browser does not start:\n"
                        + Files.readString(profile.resolveSibling("browser.log")));
            }
            Thread.sleep(POLL_MILLIS);
        }
        URI list = URI.create("http://127.0.0.1:" + Files.readAllLines(port).getFirst() + "/json/list");
        String pages = HttpClient.newHttpClient().send(HttpRequest.newBuilder(list).build(), BodyHandlers.ofString())
                .body();
        JsonNode page = Json.parse(pages).valueStream()
                .filter(target -> target.get("type").asString().equals("page"))
                .findFirst().orElseThrow();
        return new Browser(process, profile, URI.create(page.get("webSocketDebuggerUrl").asString()));
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            message.append(part);
            if (last) {
                take(Json.parse(message.toString()));
                message.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    private void take(JsonNode message) {
        if (message.has("id")) {
            answers.get(message.get("id").asInt()).complete(message);
            return;
        }
        JsonNode details = message.get("params");
        switch (message.get("method").asString()) {
            case "Runtime.exceptionThrown" -> problems.add(details.get("exceptionDetails").toString());
            case "Log.entryAdded" -> problems.add(details.get("entry").toString());
            case "Runtime.consoleAPICalled" -> problems.add(details.get("args").toString());
            case "Page.javascriptDialogOpening" -> {
                problems.add("a dialog: " + details.get("message"));
                CompletableFuture.runAsync(() -> send("Page.handleJavaScriptDialog", Map.of("accept", true)));
            }
            case "Network.requestWillBeSent" -> requests.add(details.get("request").get("url").asString());
            default -> {
                // Of no interest.
            }
        }
    }

    private JsonNode send(String method, Map<String, ?> parameters) {
        int id = lastId.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        String message = JsonMapper.shared()
                .writeValueAsString(Map.of("id", id, "method", method, "params", parameters));
        synchronized (answers) {
            socket.sendText(message, true).join();
        }
        try {
            JsonNode answered = answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (answered.has("error")) {
                throw new IllegalStateException(method + ": " + answered.get("error"));
            }
            return answered.get("result");
        } catch (InterruptedException | TimeoutException | java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(method, e);
        }
    }

    /** Opens a page from the disk and waits until a JavaScript expression is true; forgets what happened before. */
    void open(Path page, String ready) {
        goTo("about:blank", "true");
        problems.clear();
        requests.clear();
        goTo(page.toUri().toString(), ready);
    }

    private void goTo(String address, String ready) {
        send("Page.navigate", Map.of("url", address));
        String there = "(location.href === 'about:blank') === " + address.equals("about:blank")
                + " && document.readyState === 'complete' && Boolean(" + ready
                + ")";
        await(there, () -> {
            try {
                return isTrue(there);
            } catch (IllegalStateException e) {
                // It was asked of the page that was left meanwhile.
                return false;
            }
        });
    }

    /** The size of the window; below 600 a phone's. */
    void resize(int width, int height) {
        send("Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < PHONE));
    }

    /** Also that nothing moves: what scrolls by and by is elsewhere when it is clicked. */
    void prefer(String colourScheme) {
        send("Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colourScheme),
                        Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    }

    void scripts(boolean enabled) {
        send("Emulation.setScriptExecutionDisabled", Map.of("value", !enabled));
    }

    /** The value of a JavaScript expression. */
    JsonNode value(String expression) {
        JsonNode result = send("Runtime.evaluate",
                Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (result.has("exceptionDetails")) {
            fail(expression + ": " + result.get("exceptionDetails"));
        }
        return result.get("result").path("value");
    }

    String text(String expression) {
        return value(expression).asString();
    }

    int number(String expression) {
        return value(expression).asInt();
    }

    boolean isTrue(String expression) {
        return value(expression).asBoolean();
    }

    void await(String condition) {
        await(condition, () -> isTrue("Boolean(" + condition + ")"));
    }

    /** Waits until there is a problem that contains a text. */
    void awaitProblem(String part) {
        await("a problem with: " + part, () -> problems().stream().anyMatch(problem -> problem.contains(part)));
    }

    private void await(String what, BooleanSupplier happened) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (!happened.getAsBoolean()) {
            if (System.nanoTime() > end) {
                fail("never true: " + what + "; problems: " + problems());
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A click where the element is, as a person makes it. */
    void click(String selector) {
        JsonNode at = middleOf(selector);
        for (String type : List.of("mousePressed", "mouseReleased")) {
            send("Input.dispatchMouseEvent", Map.of("type", type, "x", at.get("x").asDouble(), "y",
                    at.get("y").asDouble(), "button", "left", "clickCount", 1));
        }
        settle();
    }

    /** The pointer over the middle of an element. */
    void hover(String selector) {
        JsonNode at = middleOf(selector);
        send("Input.dispatchMouseEvent",
                Map.of("type", "mouseMoved", "x", at.get("x").asDouble(), "y", at.get("y").asDouble()));
        settle();
    }

    /** Chooses a value of a list. */
    void choose(String selector, String value) {
        value("(select => { select.value = '" + value + "'; select.dispatchEvent(new Event('change')); })"
                + "(document.querySelector(\"" + selector + "\"))");
        settle();
    }

    /** Waits until what was done is drawn: charts follow their size, which they are told of after the next layout. */
    void settle() {
        value(TWO_FRAMES);
    }

    /** Where an element is once the page has scrolled to it, and has been told so. */
    private JsonNode middleOf(String selector) {
        return value("(async e => { e.scrollIntoView({block: 'center', behavior: 'instant'}); await " + TWO_FRAMES + ";"
                + " const b = e.getBoundingClientRect(); return {x: b.x + b.width / 2, y: b.y + b.height / 2}; })"
                + "(document.querySelector(\"" + selector + "\"))");
    }

    /** Types into what has the focus. */
    void type(String text) {
        send("Input.insertText", Map.of("text", text));
        settle();
    }

    /** A key such as {@code ArrowDown}. */
    void press(String key) {
        for (String type : List.of("keyDown", "keyUp")) {
            send("Input.dispatchKeyEvent", Map.of("type", type, "key", key, "code", key));
        }
        settle();
    }

    /** Pages of the printed page. */
    byte[] pdf() {
        return Base64.getDecoder()
                .decode(send("Page.printToPDF", Map.of("printBackground", true)).get("data").asString());
    }

    /** What scripts complained of since the page was opened: exceptions, messages on the console, blocked content. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    /** Addresses that were asked for since the page was opened, the page itself included. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() throws IOException {
        socket.abort();
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        // Who deletes the folder must not meet one that still writes to it.
        all.forEach(one -> one.onExit().join());
        // Links to places outside of the folder, which who deletes the folder would warn of.
        for (String link : List.of("SingletonSocket", "SingletonCookie", "SingletonLock")) {
            Files.deleteIfExists(profile.resolve(link));
        }
    }
}
