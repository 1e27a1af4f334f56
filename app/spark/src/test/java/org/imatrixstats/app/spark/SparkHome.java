package org.imatrixstats.app.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The folder that Spark's workers start executors from: not a distribution of 150 MB, but one jar that names the class path. */
final class SparkHome {
    private SparkHome() {
    }

    /** Makes the folder that SPARK_HOME names. */
    static void make() throws IOException {
        Path jars = Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
        write(jars.resolve("class-path.jar"), classPath());
    }

    /** The class path of this test. */
    static Stream<Path> classPath() {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(path.split(System.getProperty("path.separator"))).map(Path::of);
    }

    /** A jar without classes that stands for others. */
    static void write(Path jar, Stream<Path> classPath) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH,
                classPath.map(each -> each.toUri().toString()).collect(Collectors.joining(" ")));
        try (OutputStream out = Files.newOutputStream(jar); JarOutputStream _ = new JarOutputStream(out, manifest)) {
            // The manifest is all.
        }
    }
}
