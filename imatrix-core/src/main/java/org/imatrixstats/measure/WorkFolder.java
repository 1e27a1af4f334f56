package org.imatrixstats.measure;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

import org.imatrixstats.io.FormatException;

/**
 * The folder of one measurement at a time: the copy of the model, the logits of the original, results, logs. What an interrupted
 * measurement left is used again where it is whole.
 */
public final class WorkFolder implements AutoCloseable {
    private static final String QUANTIZED = "quantized-";
    /** Tells a work folder from any other: what is in others is never deleted. */
    private static final String LOCK = "imatrix-stats.lock";
    private static final String LOGITS = "base-";
    private static final String COPY = "copy.gguf";
    private static final String RESULTS = "results.csv";
    private static final String JOURNAL = "losses.journal";
    private static final String UNFINISHED = ".part";

    private final Path folder;
    private final FileChannel lock;

    private WorkFolder(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * Takes a folder, and makes it if it is not there.
     *
     * @throws IOException if that is not possible, another measurement uses it, or it holds files and no measurement made it
     */
    public static WorkFolder open(Path folder) throws IOException {
        try {
            Files.createDirectories(folder);
            if (!Files.exists(folder.resolve(LOCK)) && !isEmpty(folder)) {
                throw new FormatException(folder,
                        "cannot be used as the work folder: it holds other files. Name an empty"
                                + " folder, or one that is not there");
            }
            FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            if (!isLocked(channel)) {
                channel.close();
                throw new FormatException(folder, "is used by another measurement that is still running");
            }
            WorkFolder work = new WorkFolder(folder, channel);
            work.delete(QUANTIZED + "*");
            work.delete("*" + UNFINISHED);
            return work;
        } catch (FileSystemException e) {
            throw new FormatException(folder, "cannot be used as the work folder: "
                    + (e.getReason() == null ? e.getMessage() : e.getReason()), e);
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** Where standard error of the programs goes. */
    public Path log() {
        return folder.resolve("llama-perplexity.log");
    }

    /** Where the copy of the model is, or will be. */
    public Path copy() {
        return folder.resolve(COPY);
    }

    /** Where the journal of a measurement is that has no output, in a folder that may not be there yet. */
    public static Path journal(Path folder) {
        return folder.resolve(JOURNAL);
    }

    /** Where results are kept until the measurement ends, if the user names no file for them. */
    public Path results() {
        return folder.resolve(RESULTS);
    }

    /** Where a quantized model is written that is deleted after it was measured. */
    public Path quantized(int number) {
        return folder.resolve(QUANTIZED + number + ".gguf");
    }

    /** Room for more files, in bytes. */
    public long room() throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
    }

    /**
     * The logits of the original, and how long it took to make them.
     *
     * @param made whether they were made just now
     */
    public record Base(BaseLogits logits, Duration took, boolean made) {
    }

    /** What makes logits. */
    @FunctionalInterface
    public interface Maker {
        BaseLogits make(Path to) throws IOException;
    }

    /**
     * The logits of an evaluation: those that are there, or new ones.
     *
     * @throws IOException if they cannot be made
     */
    public Base base(String evaluation, Maker maker) throws IOException {
        Path file = folder.resolve(LOGITS + evaluation);
        Path time = folder.resolve(LOGITS + evaluation + ".seconds");
        if (Files.exists(file) && Files.exists(time)) {
            try {
                return new Base(BaseLogits.read(file), Duration.parse(Files.readString(time).strip()), false);
            } catch (FormatException | RuntimeException e) {
                // Not whole: they are made again.
            }
        }
        delete(LOGITS + "*");
        long start = System.nanoTime();
        BaseLogits logits = maker.make(file);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        Files.writeString(time, took.toString());
        return new Base(logits, took, true);
    }

    private void delete(String glob) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    /** Deletes what was made in it, and the folder if nothing else is in it. */
    public void clear() throws IOException {
        for (String glob : new String[]{QUANTIZED + "*", "*" + UNFINISHED, LOGITS + "*", COPY, RESULTS, JOURNAL,
            log().getFileName().toString()}) {
            delete(glob);
        }
        lock.close();
        Files.deleteIfExists(folder.resolve(LOCK));
        if (isEmpty(folder)) {
            Files.delete(folder);
        }
    }

    /**
     * Deletes what is of no use to a next measurement, for a process that is ending.
     *
     * @return whether something of use is left
     */
    public boolean tidy() throws IOException {
        delete(QUANTIZED + "*");
        delete("*" + UNFINISHED);
        String useful = "{" + COPY + "," + RESULTS + "," + JOURNAL + "," + LOGITS + "*}";
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, useful)) {
            if (files.iterator().hasNext()) {
                return true;
            }
        }
        clear();
        return false;
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            return !files.iterator().hasNext();
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
