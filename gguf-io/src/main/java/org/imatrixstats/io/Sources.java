package org.imatrixstats.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Opens what a user or a file names: a file of this machine, or an address on a server ({@code https://…},
 * {@code hf://OWNER/REPO[@REVISION]/FILE}). A {@link ByteSource.Scheme} that {@code ServiceLoader} finds adds others.
 */
public final class Sources {
    private Sources() {
    }

    /**
     * Opens a source. Of a file on a server only the ranges that are asked for are fetched.
     *
     * @throws FormatException if there is no such source, or it cannot be read
     */
    public static ByteSource open(String name) throws IOException {
        if (!isRemote(name)) {
            return MappedFile.open(Path.of(name));
        }
        Optional<ByteSource.Scheme> scheme = scheme(name);
        return scheme.isPresent() ? scheme.get().open(name) : RemoteFile.open(name);
    }

    /** The name of what a path stands for: itself, or an address, whose second slash a path does not keep. */
    public static String name(Path path) {
        String name = path.toString();
        // Of file:/PATH there is no host.
        return isRemote(name) ? name.replaceFirst(":/+", name.startsWith("file:") ? ":/" : "://") : name;
    }

    /** Whether a name is an address on a server. */
    public static boolean isRemote(String name) {
        // The class that knows addresses is loaded only for a name that looks like one.
        return (name.startsWith("http") || name.startsWith("hf:")) && RemoteAddress.is(name)
                || scheme(name).isPresent();
    }

    /** Who opens an address that this library does not know itself. */
    private static Optional<ByteSource.Scheme> scheme(String name) {
        int colon = name.indexOf(":/");
        return colon < 2 || name.indexOf('/') < colon ? Optional.empty() : Schemes.of(name.substring(0, colon));
    }

    /** Loaded for names that look like an address, and for no others. */
    private static final class Schemes {
        private static final List<ByteSource.Scheme> ALL = ServiceLoader
                .load(ByteSource.Scheme.class, Sources.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get).toList();

        static Optional<ByteSource.Scheme> of(String name) {
            return ALL.stream().filter(scheme -> scheme.names().contains(name)).findFirst();
        }
    }

    /** Whether there is such a source. Of a server it asks for the first bytes. */
    public static boolean exists(String name) throws IOException {
        if (!isRemote(name)) {
            return Files.exists(Path.of(name));
        }
        try (ByteSource _ = open(name)) {
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }

    /** The name of another source in the same folder. */
    public static String sibling(String name, String file) {
        return isRemote(name)
                ? name.substring(0, name.lastIndexOf('/') + 1) + file
                : Path.of(name).resolveSibling(file).toString();
    }
}
