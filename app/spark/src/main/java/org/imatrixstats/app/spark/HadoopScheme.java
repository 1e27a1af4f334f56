package org.imatrixstats.app.spark;

import java.io.IOException;
import java.util.Set;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;

/** Addresses that Hadoop's file systems open. */
public final class HadoopScheme implements ByteSource.Scheme {
    private static final Set<String> NAMES = Set.of("file", "hdfs", "viewfs", "webhdfs", "swebhdfs", "s3a", "abfs",
            "abfss", "gs", "o3fs", "ofs", "oss", "cosn");

    @Override
    public Set<String> names() {
        return NAMES;
    }

    @Override
    public ByteSource open(String name) throws IOException {
        return HadoopFile.open(name, configuration());
    }

    /**
     * An address with the host that Hadoop adds where it has none ({@code hdfs:///FILE}); any other text as it is. Without
     * the host, a path could not tell it from an address whose host is the first folder.
     */
    static String qualified(String argument) throws IOException {
        int colon = argument.indexOf(":///");
        if (colon < 0 || argument.startsWith("file:") || !NAMES.contains(argument.substring(0, colon))) {
            return argument;
        }
        try {
            Path path = new Path(argument);
            return path.getFileSystem(configuration()).makeQualified(path).toString();
        } catch (IOException | IllegalArgumentException e) {
            throw new FormatException(argument, "could not be opened: " + HadoopFile.reason(e), e);
        }
    }

    /** That of the cluster, with what {@code --conf spark.hadoop.*} adds: on the driver and on executors. */
    private static Configuration configuration() {
        SparkEnv environment = SparkEnv.get();
        return SparkHadoopUtil.get().newConfiguration(environment == null ? new SparkConf() : environment.conf());
    }
}
