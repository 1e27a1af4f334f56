package org.imatrixstats.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.MappedFile;
import org.imatrixstats.io.TextFile;

/** {@code checklist.chk}: the MD5 sums of the files of a folder, as {@code md5sum} writes them. */
final class Checklist {
    private static final String NAME = "checklist.chk";
    private static final Pattern LINE = Pattern.compile("([0-9a-fA-F]{32}) [ *](.+)");

    private Checklist() {
    }

    static boolean isIn(Path folder) {
        return Files.exists(folder.resolve(NAME));
    }

    /** A line that says that there is no list. */
    static String absent(Path folder) {
        return folder + ": there is no " + NAME + " to compare with";
    }

    /** Files of the list that are missing or have another sum, one line each. */
    static List<String> wrong(Path folder, LongConsumer progress) throws IOException {
        Path list = folder.resolve(NAME);
        List<String> wrong = new ArrayList<>();
        String text;
        try (ByteSource file = MappedFile.open(list)) {
            text = TextFile.read(file, "MD5 sums");
        }
        for (String line : text.lines().filter(each -> !each.isBlank()).toList()) {
            Matcher entry = LINE.matcher(line);
            if (!entry.matches() || entry.group(2).matches("\\.\\.?|.*[/\\\\].*")) {
                throw new FormatException(list, "expected lines of an MD5 sum and a file name, found '" + line + "'");
            }
            Path file = folder.resolve(entry.group(2));
            if (!Files.exists(file)) {
                wrong.add(file + ": is missing; " + NAME + " names it");
            } else if (!md5(file, progress).equalsIgnoreCase(entry.group(1))) {
                wrong.add(file + ": its MD5 sum is not the one of " + NAME + ": it is damaged or another version");
            }
        }
        return wrong;
    }

    private static String md5(Path path, LongConsumer progress) throws IOException {
        try (MappedFile file = MappedFile.open(path)) {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            byte[] block = new byte[1 << 16];
            for (long at = 0; at < file.size();) {
                int count = (int) Math.min(block.length, file.size() - at);
                file.copy(at, block, 0, count);
                digest.update(block, 0, count);
                at += count;
                progress.accept(count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }
}
