package org.imatrixstats.app.output;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Files that are written beside their place and then moved into it: whole, or as they were before. */
public final class AtomicFile {
    private static final int BUFFER = 1 << 16;
    private static final String DENIED = "permission denied";
    private static final String NO_FOLDER = "its directory does not exist";
    private static final Set<PosixFilePermission> MAY_WRITE = EnumSet.of(PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    /** More than Linux follows. */
    private static final int MAX_LINKS = 64;

    private AtomicFile() {
    }

    /** What writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Whether to write this file would be to replace one of these. */
    public static boolean wouldReplace(Path file, List<Path> others) throws IOException {
        for (Path other : others) {
            if (Files.exists(file) && Files.exists(other) && Files.isSameFile(file, other)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Fails where writing would fail after the work: without the folder of the file, or the right to write to it.
     *
     * @throws IOException that says which file cannot be written and why
     */
    public static void requireWritable(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw failure(file, "is a directory");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            return;
        }
        requireNotReadOnly(file);
        Path folder = target(file).getParent();
        if (!Files.isDirectory(folder)) {
            throw failure(file, NO_FOLDER);
        }
        if (!Files.isWritable(folder)) {
            throw failure(file, DENIED);
        }
    }

    /**
     * Writes a text.
     *
     * @throws IOException that says which file could not be written and why
     */
    public static void write(Path file, String text) throws IOException {
        write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Writes what the content makes. A link is followed; what is not a regular file, such as a device, is written to as it
     * is.
     *
     * @throws IOException that says which file could not be written and why; or what the content throws
     */
    public static void write(Path file, Content content) throws IOException {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                try (OutputStream out = buffered(file, Files.newOutputStream(file))) {
                    content.writeTo(out);
                }
            } else {
                replace(file, content);
            }
        } catch (FileSystemException e) {
            throw failure(file, e);
        }
    }

    /** A file without any right to write was protected on purpose: a move would replace it, and root may do anything. */
    private static void requireNotReadOnly(Path file) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        boolean nobodyMayWrite = view != null
                && Collections.disjoint(view.readAttributes().permissions(), MAY_WRITE);
        if (nobodyMayWrite || !Files.isWritable(file)) {
            throw failure(file, "it is read-only");
        }
    }

    private static void replace(Path file, Content content) throws IOException {
        requireNotReadOnly(file);
        Path target = target(file);
        // Without the name of the target, which may be as long as a name can be.
        try (TemporaryFile temporary = new TemporaryFile(target.resolveSibling(
                ".imatrix-stats-" + ProcessHandle.current().pid() + "-" + System.nanoTime() + ".tmp"))) {
            try (FileChannel channel = FileChannel.open(temporary.path(), StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE); OutputStream out = buffered(file, new WriteBehind(channel))) {
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            keepPermissions(target, temporary.path());
            Files.move(temporary.path(), target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static Path target(Path file) throws IOException {
        return Files.exists(file) ? file.toRealPath() : linked(file.toAbsolutePath());
    }

    /** Where links end whose target does not exist; the file itself if it is not a link, or links go in a circle. */
    private static Path linked(Path file) throws IOException {
        Path target = file;
        for (int links = 0; links < MAX_LINKS && Files.isSymbolicLink(target); links++) {
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        return Files.isSymbolicLink(target) ? file : target;
    }

    private static void keepPermissions(Path old, Path replacement) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(old, PosixFileAttributeView.class);
        if (view != null && Files.exists(old)) {
            Files.setPosixFilePermissions(replacement, view.readAttributes().permissions());
        }
    }

    /** Errors of the file itself say which it is; those of what makes its content pass as they are. */
    private static OutputStream buffered(Path file, OutputStream raw) {
        return new BufferedOutputStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[]{(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                try {
                    raw.write(bytes, from, length);
                } catch (IOException e) {
                    throw failure(file, e);
                }
            }

            @Override
            public void flush() throws IOException {
                try {
                    raw.flush();
                } catch (IOException e) {
                    throw failure(file, e);
                }
            }

            @Override
            public void close() throws IOException {
                raw.close();
            }
        }, BUFFER);
    }

    private static IOException failure(Path file, IOException e) {
        String reason = switch (e) {
            case AccessDeniedException _ -> DENIED;
            case NoSuchFileException _ -> NO_FOLDER;
            case FileSystemException system when system.getReason() != null -> system.getReason();
            default -> e.getMessage();
        };
        IOException failure = failure(file, reason);
        failure.initCause(e);
        return failure;
    }

    private static IOException failure(Path file, String reason) {
        return new IOException(file + ": could not be written: " + reason);
    }
}
