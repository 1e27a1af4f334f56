package org.imatrixstats.app.command;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

import org.imatrixstats.app.terminal.Console;

import picocli.CommandLine.IVersionProvider;

/** {@code --version}: the version of the build. */
public final class VersionProvider implements IVersionProvider {
    /** The program and its version. */
    public static String line() throws IOException {
        Properties build = new Properties();
        try (InputStream properties = VersionProvider.class
                .getResourceAsStream("/org/imatrixstats/app/build.properties")) {
            build.load(properties);
        }
        return Console.NAME + " " + build.getProperty("version");
    }

    @Override
    public String[] getVersion() throws IOException {
        return new String[]{line()};
    }
}
