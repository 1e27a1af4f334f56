package org.imatrixstats.app;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

import picocli.CommandLine.IVersionProvider;

/** {@code --version}: the version of the build. */
final class VersionProvider implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        Properties build = new Properties();
        try (InputStream properties = VersionProvider.class.getResourceAsStream("build.properties")) {
            build.load(properties);
        }
        return new String[]{Cli.NAME + " " + build.getProperty("version")};
    }
}
