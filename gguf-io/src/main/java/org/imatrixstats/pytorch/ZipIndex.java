package org.imatrixstats.pytorch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

import org.imatrixstats.io.ByteCursor;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;

/**
 * The entries of a zip archive, by its central directory, and checked against the header in front of each entry:
 *
 * <pre>
 * entry:      'P' 'K' 3 4; uint16 version, flags, method, time, date; uint32 crc, packed, bytes; uint16 name, extra (lengths);
 *             name; extra; data
 * directory:  per entry 'P' 'K' 1 2; uint16 made by, version, flags, method, time, date; uint32 crc, packed, bytes;
 *             uint16 name, extra, comment (lengths), disk, attributes; uint32 attributes, offset of the entry; name; extra; comment
 * end:        zip64 only: 'P' 'K' 6 6; uint64 size; uint16 ×2; uint32 ×2 disks; uint64 ×2 entries, directory size, offset
 *             zip64 only: 'P' 'K' 6 7; uint32 disk; uint64 offset of the 'P' 'K' 6 6; uint32 disks
 *             'P' 'K' 5 6; uint16 ×2 disks, ×2 entries; uint32 directory size, offset; uint16 comment (length); comment
 * extra 1:    uint64 for each of bytes, packed, offset that is 0xffffffff in the directory
 * </pre>
 *
 * Specification: <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE</a>. Stricter than most
 * readers: no name twice, no name that leaves its folder, no overlap, nothing encrypted, stored or deflated only.
 */
final class ZipIndex {
    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final int LOCAL_BYTES = 30;
    private static final int CENTRAL_BYTES = 46;
    private static final int END_BYTES = 22;
    private static final int LOCATOR_BYTES = 20;
    private static final int MAX_COMMENT = 0xffff;
    private static final int MAX_ENTRIES = 1 << 17;
    private static final long ELSEWHERE = 0xffffffffL;
    private static final int ENCRYPTED = 0x2041;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;

    private final ByteSource file;
    private final SequencedMap<String, ZipEntry> entries = new LinkedHashMap<>();

    private ZipIndex(ByteSource file) {
        this.file = file;
    }

    static ZipIndex read(ByteSource file) throws FormatException {
        ZipIndex index = new ZipIndex(file);
        index.read();
        return index;
    }

    /** The entries by name in the order of the directory. */
    SequencedMap<String, ZipEntry> entries() {
        return entries;
    }

    private ByteCursor cursor(long offset) throws FormatException {
        ByteCursor cursor = new ByteCursor(file);
        cursor.skip(offset, "the zip directory");
        return cursor;
    }

    private FormatException fail(String reason) {
        return new FormatException(file.name(), reason);
    }

    private FormatException fail(String entry, String reason) {
        return new FormatException(file.name(), "zip entry '" + entry + "': " + reason);
    }

    /** Where the directory is. */
    private record Directory(long offset, long bytes, long entries) {
    }

    /** An entry as the directory has it. */
    private record Row(String name, int flags, int method, int crc, long packed, long bytes, long header) {
    }

    private void read() throws FormatException {
        Directory directory = directory();
        ByteCursor cursor = cursor(directory.offset);
        List<Row> rows = new ArrayList<>();
        for (long i = 0; i < directory.entries; i++) {
            rows.add(row(cursor, i));
        }
        if (cursor.position() != directory.offset + directory.bytes) {
            throw cursor.fail("the zip directory ends here, expected at 0x"
                    + Long.toHexString(directory.offset + directory.bytes));
        }
        for (Row row : rows) {
            if (entries.putIfAbsent(row.name, entry(row, directory.offset)) != null) {
                throw fail(row.name, "is there twice");
            }
        }
        requireNoOverlap(rows);
    }

    private Directory directory() throws FormatException {
        long end = end();
        ByteCursor cursor = cursor(end + 4);
        int disk = cursor.uint16("zip end");
        int directoryDisk = cursor.uint16("zip end");
        long here = cursor.uint16("zip end");
        long entries = cursor.uint16("zip end");
        long bytes = cursor.uint32("zip end");
        long offset = cursor.uint32("zip end");
        long limit = end;
        if (end >= LOCATOR_BYTES && cursor(end - LOCATOR_BYTES).int32("zip64 locator") == LOCATOR_64) {
            cursor = cursor(end - LOCATOR_BYTES + 8);
            limit = cursor.int64("zip64 locator");
            if (limit < 0 || limit > end - LOCATOR_BYTES - 56) {
                throw fail("the zip64 end is said to be at " + Long.toUnsignedString(limit) + ", outside the file");
            }
            cursor = cursor(limit);
            if (cursor.int32("zip64 end") != END_64) {
                throw cursor.failAt(limit, "expected the zip64 end");
            }
            cursor.skip(8 + 2 + 2, "zip64 end");
            disk = cursor.int32("zip64 end");
            directoryDisk = cursor.int32("zip64 end");
            here = cursor.int64("zip64 end");
            entries = cursor.int64("zip64 end");
            bytes = cursor.int64("zip64 end");
            offset = cursor.int64("zip64 end");
        }
        if (disk != 0 || directoryDisk != 0 || here != entries) {
            throw fail("is a part of a zip archive in several files");
        }
        if (offset < 0 || bytes < 0 || offset > limit || bytes != limit - offset) {
            throw fail("the zip directory is said to have " + Long.toUnsignedString(bytes) + " bytes at "
                    + Long.toUnsignedString(offset) + ", expected it to end at " + limit
                    + ": is the file cut short? Fetch it again");
        }
        if (entries < 0 || entries > bytes / CENTRAL_BYTES || entries > MAX_ENTRIES) {
            throw fail("the zip directory is said to have " + Long.toUnsignedString(entries) + " entries in " + bytes
                    + " bytes, expected at most " + MAX_ENTRIES);
        }
        return new Directory(offset, bytes, entries);
    }

    /** The last place where the end record is: a comment of the length that it states follows it. */
    private long end() throws FormatException {
        int length = (int) Math.min(file.size(), END_BYTES + MAX_COMMENT);
        long start = file.size() - length;
        byte[] tail = new byte[length];
        file.copy(start, tail, 0, length);
        for (int at = length - END_BYTES; at >= 0; at--) {
            boolean signature = tail[at] == 'P' && tail[at + 1] == 'K' && tail[at + 2] == 5 && tail[at + 3] == 6;
            int comment = (tail[at + 20] & 0xff) | (tail[at + 21] & 0xff) << 8;
            if (signature && comment == length - END_BYTES - at) {
                return start + at;
            }
        }
        throw fail("the end of the zip directory is missing: is the file cut short? Fetch it again");
    }

    private Row row(ByteCursor cursor, long number) throws FormatException {
        String what = "zip entry " + number;
        long start = cursor.position();
        if (cursor.int32(what) != CENTRAL) {
            throw cursor.failAt(start, "expected " + what + " of the directory");
        }
        cursor.skip(4, what);
        int flags = cursor.uint16(what);
        int method = cursor.uint16(what);
        cursor.skip(4, what);
        int crc = cursor.int32(what);
        long packed = cursor.uint32(what);
        long bytes = cursor.uint32(what);
        int nameBytes = cursor.uint16(what);
        int extraBytes = cursor.uint16(what);
        int commentBytes = cursor.uint16(what);
        cursor.skip(2 + 2 + 4, what);
        long header = cursor.uint32(what);
        String name = cursor.utf8(nameBytes, "name of " + what);
        long extraEnd = cursor.position() + extraBytes;
        while (cursor.position() + 4 <= extraEnd) {
            int id = cursor.uint16(what);
            long fieldEnd = cursor.uint16(what) + cursor.position();
            if (fieldEnd > extraEnd) {
                throw fail(name, "an extra field ends outside its room");
            }
            if (id == 1) {
                bytes = wide(cursor, bytes, fieldEnd, name);
                packed = wide(cursor, packed, fieldEnd, name);
                header = wide(cursor, header, fieldEnd, name);
            }
            cursor.skip(fieldEnd - cursor.position(), what);
        }
        cursor.skip(extraEnd - cursor.position() + commentBytes, what);
        return new Row(name, flags, method, crc, packed, bytes, header);
    }

    private long wide(ByteCursor cursor, long narrow, long fieldEnd, String name) throws FormatException {
        if (narrow != ELSEWHERE) {
            return narrow;
        }
        if (cursor.position() + 8 > fieldEnd) {
            throw fail(name, "its zip64 sizes are missing");
        }
        return cursor.int64("zip64 sizes");
    }

    private ZipEntry entry(Row row, long directory) throws FormatException {
        requireName(row.name);
        if ((row.flags & ENCRYPTED) != 0) {
            throw fail(row.name, "is encrypted");
        }
        if (row.method != STORED && row.method != DEFLATED) {
            throw fail(row.name, "is compressed by method " + row.method + ", expected stored (0) or deflated (8)");
        }
        if (row.packed < 0 || row.bytes < 0 || row.method == STORED && row.packed != row.bytes) {
            throw fail(row.name, "is said to have " + Long.toUnsignedString(row.bytes) + " bytes, of which "
                    + Long.toUnsignedString(row.packed) + " are stored");
        }
        if (row.header < 0 || row.header > directory - LOCAL_BYTES) {
            throw fail(row.name, "is said to be at " + Long.toUnsignedString(row.header) + ", outside the file");
        }
        long data = data(row, directory);
        if (row.packed > directory - data) {
            throw fail(row.name, "is said to have " + row.packed + " bytes, " + (directory - data) + " remain");
        }
        return new ZipEntry(row.name, row.method == DEFLATED, data, row.packed, row.bytes, row.crc);
    }

    /** Where the data of an entry start, by its own header, which must agree with the directory. */
    private long data(Row row, long directory) throws FormatException {
        ByteCursor cursor = cursor(row.header);
        if (cursor.int32("zip entry") != LOCAL) {
            throw fail(row.name, "there is no entry at offset 0x" + Long.toHexString(row.header));
        }
        cursor.skip(2, "zip entry");
        int flags = cursor.uint16("zip entry");
        int method = cursor.uint16("zip entry");
        if (method != row.method || ((flags ^ row.flags) & ENCRYPTED) != 0) {
            throw fail(row.name, "its own header and the zip directory disagree");
        }
        cursor.skip(4 + 4 + 4 + 4, "zip entry");
        int nameBytes = cursor.uint16("zip entry");
        int extraBytes = cursor.uint16("zip entry");
        String name = cursor.utf8(nameBytes, "name of a zip entry");
        if (!name.equals(row.name)) {
            throw fail(row.name, "its own header has the name '" + name + "'");
        }
        long data = cursor.position() + extraBytes;
        if (data > directory) {
            throw fail(row.name, "its header ends outside the file");
        }
        return data;
    }

    /** Nothing is ever unpacked into a folder; a name that would leave it is there to do harm all the same. */
    private void requireName(String name) throws FormatException {
        boolean absolute = name.startsWith("/") || name.indexOf('\\') >= 0 || name.indexOf('\0') >= 0
                || name.matches("[A-Za-z]:.*");
        for (String part : name.split("/", -1)) {
            if (absolute || part.equals("..") || part.equals(".")) {
                throw fail(name, "its name leads out of the archive");
            }
        }
        if (name.isEmpty()) {
            throw fail(name, "has no name");
        }
    }

    private void requireNoOverlap(List<Row> rows) throws FormatException {
        List<Row> inOrder = new ArrayList<>(rows);
        inOrder.sort(Comparator.comparingLong(Row::header));
        for (int i = 1; i < inOrder.size(); i++) {
            ZipEntry before = entries.get(inOrder.get(i - 1).name);
            if (inOrder.get(i).header < before.offset() + before.packed()) {
                throw fail(inOrder.get(i).name, "overlaps the entry '" + before.name() + "'");
            }
        }
    }
}
