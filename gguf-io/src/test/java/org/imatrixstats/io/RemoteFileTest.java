package org.imatrixstats.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteFileTest {
    private static final int MEBIBYTES = 5;
    private static final byte[] CONTENT = new byte[MEBIBYTES << 20 | 123];
    static {
        new Random(1).nextBytes(CONTENT);
    }

    private FileServer server;

    @BeforeEach
    void start() throws IOException {
        server = new FileServer().put("model.bin", CONTENT).put("empty", new byte[0]).put("small", new byte[]{1, 2, 3});
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private RemoteFile open(String name) throws IOException {
        return RemoteFile
                .open(new HttpRanges(RemoteAddress.of(server.address(name)), HubToken.of("https://hub", Map.of()), 1));
    }

    private static byte[] read(ByteSource file, long offset, int count) throws FormatException {
        byte[] bytes = new byte[count];
        file.copy(offset, bytes, 0, count);
        return bytes;
    }

    private static byte[] content(int from, int count) {
        return Arrays.copyOfRange(CONTENT, from, from + count);
    }

    private String failure(String name) {
        String message = assertThrows(FormatException.class, () -> open(name)).getMessage();
        assertTrue(message.startsWith(server.address(name) + ": "), message);
        return message;
    }

    // ---- what is right

    @ParameterizedTest
    @ValueSource(strings = {"model.bin", "direct/model.bin"})
    void readsAnyRange(String name) throws IOException {
        try (RemoteFile file = open(name)) {
            assertEquals(CONTENT.length, file.size());
            assertArrayEquals(content(0, 10), read(file, 0, 10));
            assertArrayEquals(content(4_000_000, 600_000), read(file, 4_000_000, 600_000));
            assertArrayEquals(content(1, 1), read(file, 1, 1));
            assertArrayEquals(content(CONTENT.length - 5, 5), read(file, CONTENT.length - 5, 5));
            assertThrows(IndexOutOfBoundsException.class, () -> read(file, CONTENT.length - 5, 6));
        }
    }

    @Test
    void readsAllOfItInFewRequests() throws IOException {
        try (RemoteFile file = open("direct/model.bin")) {
            byte[] all = new RangeStream(file, 0, file.size()).readAllBytes();
            assertArrayEquals(CONTENT, all);
            assertEquals(CONTENT.length, server.bytesSent());
            assertTrue(server.requests() < 10, server.requests() + " requests");
        }
    }

    /** Whoever reads much in order does not wait for one answer after the other, and gets nothing twice. */
    @Test
    void aReaderInOrderHasSeveralRequestsUnderWay() throws IOException {
        byte[] large = new byte[10 << 20];
        new Random(2).nextBytes(large);
        server.put("large.bin", large);
        server.delay(50);
        try (RemoteFile file = open("direct/large.bin")) {
            byte[] piece = new byte[1 << 20];
            for (int at = 0; at < large.length; at += piece.length) {
                file.copy(at, piece, 0, piece.length);
                assertArrayEquals(Arrays.copyOfRange(large, at, at + piece.length), piece);
            }
        }
        assertTrue(server.mostAtATime() > 1, server.mostAtATime() + " at a time");
        assertEquals(large.length, server.bytesSent());
    }

    /** Threads at other places do not wait for each other; those at one place fetch it once. */
    @Test
    void threadsReadAtTheSameTime() throws Exception {
        server.delay(200);
        try (RemoteFile file = open("direct/model.bin");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<byte[]>> read = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int at = 1_000_000 * (1 + i / 2);
                read.add(threads.submit(() -> read(file, at, 1000)));
            }
            for (int i = 0; i < 8; i++) {
                assertArrayEquals(content(1_000_000 * (1 + i / 2), 1000), read.get(i).get());
            }
        }
        assertTrue(server.mostAtATime() > 1, server.mostAtATime() + " at a time");
        assertEquals(5, server.requests());
    }

    @Test
    void fetchesOnlyWhatIsAskedFor() throws IOException {
        try (RemoteFile file = open("model.bin")) {
            read(file, 0, 1000);
            read(file, 3_000_000, 1000);
            read(file, 10, 1000);
            assertEquals(2 * (1 << 18), server.bytesSent());
        }
    }

    @Test
    void smallAndEmptyFiles() throws IOException {
        try (RemoteFile small = open("small"); RemoteFile empty = open("empty")) {
            assertArrayEquals(new byte[]{1, 2, 3}, read(small, 0, 3));
            assertEquals(0, empty.size());
        }
    }

    @Test
    void aPassingFailureIsTriedAgain() throws IOException {
        server.failEvery(3);
        try (RemoteFile file = open("model.bin")) {
            assertArrayEquals(CONTENT, new RangeStream(file, 0, file.size()).readAllBytes());
        }
    }

    // ---- what is refused

    @Test
    void aServerThatAlwaysFails() {
        server.failEvery(1);
        assertTrue(failure("model.bin").contains("tried 6 times: the server answers 503"));
        assertEquals(6, server.requests());
    }

    @Test
    void aConnectionThatAlwaysEnds() {
        server.cutBodies();
        assertTrue(failure("model.bin").contains("tried 6 times"));
    }

    @Test
    void aServerThatIsNotThere() {
        server.close();
        assertTrue(failure("model.bin").contains("tried 6 times: cannot connect to the server"));
    }

    @Test
    void aServerThatIgnoresRanges() {
        server.ignoreRanges();
        assertTrue(failure("model.bin").contains("does not support range requests"));
    }

    @Test
    void aFileThatIsNotThere() throws IOException {
        assertTrue(failure("other.bin").contains("no such file on the server (404)"));
        assertFalse(Sources.exists(server.address("other.bin")));
        assertTrue(Sources.exists(server.address("small")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.bin", "direct/model.bin"})
    void aFileThatChangesMeanwhile(String name) throws IOException {
        try (RemoteFile file = open(name)) {
            server.version("two");
            assertArrayEquals(content(0, 100), read(file, 0, 100), "what was fetched before stays");
            FormatException e = assertThrows(FormatException.class, () -> read(file, 3_000_000, 10));
            assertTrue(e.getMessage().contains("changed on the server while it was read"), e.getMessage());
        }
    }

    @Test
    void aFileThatGrowsMeanwhile() throws IOException {
        try (RemoteFile file = open("model.bin")) {
            server.put("model.bin", Arrays.copyOf(CONTENT, CONTENT.length + 1));
            assertThrows(FormatException.class, () -> read(file, 3_000_000, 10));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://example.org/x", "file:///etc/passwd", "ftp://example.org/x", "://"})
    void redirectsToAnythingButHttps(String target) {
        server.redirectTo(target);
        assertTrue(failure("model.bin").contains("is redirected to '" + target + "'"));
    }

    @Test
    void endlessRedirects() {
        server.redirectTo("/model.bin");
        assertTrue(failure("model.bin").contains("redirected more than 10 times"));
    }

    // ---- addresses

    @ParameterizedTest
    @CsvSource({"hf://org/repo/file.gguf, https://hub/org/repo/resolve/main/file.gguf",
        "hf://org/repo@v1/a/b.gguf, https://hub/org/repo/resolve/v1/a/b.gguf",
        "hf:/org/repo/a b.gguf, https://hub/org/repo/resolve/main/a%20b.gguf",
        "https:/host/x?y=1, https://host/x?y=1", "http://localhost:8080/x, http://localhost:8080/x"})
    void addresses(String given, String expected) throws FormatException {
        assertEquals(expected, RemoteAddress.of(given, "https://hub").uri().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://example.org/x", "hf://org/repo", "https://"})
    void wrongAddresses(String given) {
        assertThrows(FormatException.class, () -> RemoteAddress.of(given, "https://hub"));
    }

    @ParameterizedTest
    @CsvSource({"https://x/y, true", "hf:/o/r/f, true", "hf://o/r/f, true", "http-model.gguf, false", "hfx.gguf, false",
        "model.gguf, false"})
    void tellsAddressesFromFiles(String name, boolean remote) {
        assertEquals(remote, Sources.isRemote(name));
    }

    @Test
    void theRevisionIsPinnedToItsCommit() throws FormatException {
        String commit = "0123456789abcdef0123456789abcdef01234567";
        RemoteAddress address = RemoteAddress.of("hf://org/repo/file.gguf", "https://hub");
        assertEquals("https://hub/org/repo/resolve/" + commit + "/file.gguf", address.at(commit).toString());
        assertEquals(address.uri(), address.at("../../evil"));
    }
}
