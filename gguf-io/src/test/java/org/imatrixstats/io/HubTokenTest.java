package org.imatrixstats.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubTokenTest {
    private static final String SECRET = "hf_secret";
    private static final byte[] CONTENT = {1, 2, 3};

    @TempDir
    Path folder;
    private FileServer server;

    @BeforeEach
    void start() throws IOException {
        server = new FileServer().put("org/repo/resolve/main/model.bin", CONTENT);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HubToken token(String... environment) {
        Map<String, String> variables = new HashMap<>(Map.of("HOME", folder.toString()));
        for (int i = 0; i < environment.length; i += 2) {
            variables.put(environment[i], environment[i + 1]);
        }
        return HubToken.of(server.origin(), variables);
    }

    private byte[] read(HubToken token) throws IOException {
        RemoteAddress address = RemoteAddress.of("hf://org/repo/model.bin", server.origin());
        return new HttpRanges(address, token, 1).first(10);
    }

    private String failure(HubToken token) {
        String message = assertThrows(FormatException.class, () -> read(token)).getMessage();
        assertFalse(message.contains(SECRET), message);
        assertEquals("hf://org/repo/model.bin: ", message.substring(0, "hf://org/repo/model.bin: ".length()));
        return message.substring("hf://org/repo/model.bin: ".length());
    }

    // ---- where it is sent

    @Test
    void theHubGetsItAndNoOtherHost() throws IOException {
        server.requireToken(SECRET, 401, "GatedRepo");
        server.signedHost("localhost");
        assertArrayEquals(CONTENT, read(token("HF_TOKEN", SECRET)));
        assertEquals(List.of("org/repo/resolve/main/model.bin Bearer " + SECRET, "signed/ null"),
                server.authorizations());
    }

    @Test
    void anotherServerThatRedirectsToTheHubDoesNotMakeItSendIt() {
        server.requireToken(SECRET, 401, "GatedRepo");
        RemoteAddress other = new RemoteAddress("other",
                URI.create(server.address("org/repo/resolve/main/model.bin").replace("127.0.0.1", "localhost")));
        assertThrows(FormatException.class, () -> new HttpRanges(other, token("HF_TOKEN", SECRET), 1).first(1));
        assertEquals(List.of("org/repo/resolve/main/model.bin null"), server.authorizations());
    }

    @ParameterizedTest
    @CsvSource({"https://huggingface.co/a, true", "https://HuggingFace.co/a, true", "http://huggingface.co/a, false",
        "https://huggingface.co.evil.org/a, false", "https://evil.org/huggingface.co, false",
        "https://huggingface.co@evil.org/a, false", "https://cdn-lfs.huggingface.co/a, false",
        "https://hf-mirror.com/a, false", "https://huggingface.co:8443/a, false"})
    void onlyTheHubIsTheHub(String address, boolean hub) {
        assertEquals(hub, HubToken.ofUser().isHub(URI.create(address)));
    }

    // ---- where it comes from

    private Path write(String file, String content) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, content);
    }

    @Test
    void itIsLookedForWhereHuggingfaceHubLooks() throws IOException {
        assertEquals("", token().value());
        write(".cache/huggingface/token", "home\n");
        assertEquals("home", token().value());
        write("xdg/huggingface/token", "xdg");
        String[] xdg = {"XDG_CACHE_HOME", folder.resolve("xdg").toString()};
        assertEquals("xdg", token(xdg).value());
        Path file = write("hf/token", " hf\r\n");
        assertEquals("hf", token(xdg[0], xdg[1], "HF_HOME", "~/hf").value());
        Path path = write("secret", "path");
        assertEquals("path", token("HF_HOME", "~/hf", "HF_TOKEN_PATH", path.toString()).value());
        HubToken given = token("HF_HOME", "~/hf", "HF_TOKEN_PATH", path.toString(), "HF_TOKEN", "given\n");
        assertEquals("given", given.value());
        assertEquals("HF_TOKEN", given.origin());
        assertEquals("", token("HF_TOKEN", "given", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "1").value());
        HubToken ofFile = token("HF_HOME", "~/hf");
        assertEquals("hf", ofFile.value());
        assertEquals(file.toString(), ofFile.origin());
    }

    @ParameterizedTest
    @ValueSource(strings = {"hf_secret two", "hf_secret\nX-Evil: 1", "hf_secreté"})
    void whatCannotBeAHeaderIsRefusedWithoutShowingIt(String value) {
        FormatException e = assertThrows(FormatException.class, () -> read(token("HF_TOKEN", value)));
        assertEquals("HF_TOKEN: is not an access token: it has spaces or characters beyond ASCII", e.getMessage());
        assertEquals(0, server.authorizations().size());
    }

    // ---- what is said where access is denied

    @Test
    void withoutATokenItSaysToSetOne() {
        server.requireToken(SECRET, 401, "GatedRepo");
        assertEquals("the server denies access (401): the model is gated. Accept its terms on " + server.origin()
                + "/org/repo, and set HF_TOKEN to an access token that may read it"
                + " (https://huggingface.co/settings/tokens)", failure(token()));
        server.requireToken(SECRET, 401, "RepoNotFound");
        assertEquals("the server denies access (401): is the name right? For a private or gated model, set HF_TOKEN to"
                + " an access token that may read it (https://huggingface.co/settings/tokens)", failure(token()));
    }

    @Test
    void withATokenItSaysWhatItLacks() throws IOException {
        server.requireToken("another", 403, "GatedRepo");
        assertEquals("the server denies access (403): the model is gated. Accept its terms on " + server.origin()
                + "/org/repo, and see that the access token in HF_TOKEN may read it"
                + " (https://huggingface.co/settings/tokens)", failure(token("HF_TOKEN", SECRET)));
        server.requireToken("another", 401, "");
        Path file = write(".cache/huggingface/token", SECRET);
        assertEquals("the server denies access (401): the access token in " + file + " is not valid. Make a new one"
                + " (https://huggingface.co/settings/tokens)", failure(token()));
    }

    /** The Hub answers 401 to a token that is not valid, whatever is asked for. */
    @Test
    void aPublicFileIsReadInSpiteOfATokenThatIsNotValid() throws IOException {
        server.refuseTokens();
        assertArrayEquals(CONTENT, read(token("HF_TOKEN", SECRET)));
        assertTrue(server.authorizations().contains("org/repo/resolve/main/model.bin null"));
    }

    @Test
    void ofAnotherServerNoTokenIsAskedFor() {
        server.requireToken(SECRET, 403, "");
        RemoteAddress other = new RemoteAddress("other", URI.create(server.address("x")));
        String message = assertThrows(FormatException.class,
                () -> new HttpRanges(other, HubToken.ofUser(), 1).first(1)).getMessage();
        assertEquals(
                "other: the server denies access (403): only a file that anyone may read can be fetched from there",
                message);
    }
}
