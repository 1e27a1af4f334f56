package org.imatrixstats.app.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as spark-submit runs it. */
class SparkJarIT {
    private static final Path JAR = Path.of(System.getProperty("spark.jar"));
    private static final Path MODEL = Path.of("../../testdata/models/tiny-english-f16.gguf").toAbsolutePath();

    @TempDir
    Path folder;

    /** What Spark has would be there twice, in two versions. */
    @Test
    void holdsWhatIsOursAndNothingOfSpark() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            Set<String> packages = jar.stream().map(entry -> entry.getName()).filter(name -> name.endsWith(".class"))
                    .map(name -> name.replaceFirst("^META-INF/versions/\\d+/", "").replaceFirst("^((?:[^/]+/){1,3}).*",
                            "$1"))
                    .collect(Collectors.toCollection(TreeSet::new));
            packages.removeIf(name -> name.startsWith("org/imatrixstats/"));
            assertEquals(Set.of("org/apache/commons/", "picocli/", "tools/jackson/core/"), packages);
        }
        assertTrue(Files.size(JAR) < 5_000_000, "its size is " + Files.size(JAR));
    }

    @Test
    void runsWithSparksOwnClassPath() throws Exception {
        Path spark = folder.resolve("spark.jar");
        SparkHome.write(spark, SparkHome.classPath().filter(SparkJarIT::isOfSpark));
        Path output = folder.resolve("errors.csv");
        Process process = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-XX:+UseSerialGC",
                "-cp", spark.toString(), "org.apache.spark.deploy.SparkSubmit", "--master", "local[2]", "--conf",
                "spark.ui.enabled=false", JAR.toString(), MODEL.toString(), "--types", "q8_0", "--rows", "2", "-o",
                output.toString()))
                .directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), said);
        assertTrue(said.contains("imatrix-stats: measured 58 tasks in "), said);
        assertTrue(Files.readString(output).startsWith("tensor,type,bytes,relative_error,"));
    }

    private static boolean isOfSpark(Path each) {
        String path = each.toString();
        return path.endsWith(".jar") && !path.contains("imatrixstats") && !path.contains("/app/")
                && !path.contains("junit") && !path.contains("imatrix-") && !path.contains("gguf-io")
                && !path.contains("picocli") && !path.contains("tools/jackson");
    }
}
