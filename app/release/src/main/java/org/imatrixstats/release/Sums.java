package org.imatrixstats.release;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Writes {@code SHA256SUMS} for files of a folder, which {@code sha256sum -c} checks. */
final class Sums {
    private Sums() {
    }

    public static void main(String[] arguments) throws IOException, NoSuchAlgorithmException {
        Path folder = Paths.get(arguments[0]);
        StringBuilder sums = new StringBuilder();
        for (int i = 1; i < arguments.length; i++) {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(Files.readAllBytes(folder.resolve(arguments[i])));
            for (byte each : digest) {
                sums.append(String.format("%02x", each));
            }
            sums.append("  ").append(arguments[i]).append('\n');
        }
        Files.write(folder.resolve("SHA256SUMS"), sums.toString().getBytes(StandardCharsets.UTF_8));
    }
}
