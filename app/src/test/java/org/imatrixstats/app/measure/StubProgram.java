package org.imatrixstats.app.measure;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A script that starts {@link PerplexityStub} with the JVM of the test. */
final class StubProgram {
    private StubProgram() {
    }

    static Path in(Path folder) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path script = folder.resolve("llama-perplexity");
        Files.writeString(script, "#!/bin/sh\nexec '" + java
                + "' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dfile.encoding=UTF-8 -cp '"
                + classes() + "' " + PerplexityStub.class.getName()
                + " \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script;
    }

    /** Where the classes of the tests are. */
    private static Path classes() {
        return Path.of(URI.create(PerplexityStub.class.getProtectionDomain().getCodeSource().getLocation().toString()));
    }
}
