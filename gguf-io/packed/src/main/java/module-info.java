/** Unpacks files that are packed with gzip, xz, zstd or bzip2. */
module org.imatrixstats.packed {
    requires com.github.luben.zstd_jni;
    requires org.apache.commons.compress;
    requires transitive org.imatrixstats.gguf;
    requires org.tukaani.xz;

    exports org.imatrixstats.packed;
}
