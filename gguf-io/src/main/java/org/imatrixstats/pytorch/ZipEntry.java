package org.imatrixstats.pytorch;

/**
 * An entry of a zip archive.
 *
 * @param offset where its data start in the file
 * @param packed bytes of the data in the file
 * @param bytes  bytes of the data when unpacked
 */
record ZipEntry(String name, boolean deflated, long offset, long packed, long bytes, int crc) {
}
