package org.imatrixstats.app.input;

import java.nio.file.Path;

/** The folder for figures that can be computed again, by the conventions of the system. */
public final class UserCache {
    private static final String NAME = "imatrix-stats";

    private UserCache() {
    }

    /** {@code $XDG_CACHE_HOME/imatrix-stats}, {@code %LOCALAPPDATA%\imatrix-stats} or {@code ~/.cache/imatrix-stats}. */
    public static Path folder() {
        for (String variable : new String[]{"XDG_CACHE_HOME", "LOCALAPPDATA"}) {
            String folder = System.getenv(variable);
            if (folder != null && Path.of(folder).isAbsolute()) {
                return Path.of(folder, NAME);
            }
        }
        return Path.of(System.getProperty("user.home"), ".cache", NAME);
    }
}
