package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules of CONTRIBUTING.md for files and packages, checked on the class files of all modules. */
class ArchitectureTest {
    private static final List<String> MODULES = List.of("gguf-io", "gguf-io/packed", "imatrix-core", "app");
    /** They make what the packages below them hold, and nothing else in their package knows these. */
    private static final Set<String> REGISTRIES = Set.of("org/imatrixstats/ggml/Codecs",
            "org/imatrixstats/plan/Dialects");
    private static final Pattern NAME = Pattern.compile("org/imatrixstats/[\\w/]+");
    private static final int MOST_FILES = 30;

    /** What each source file mentions, by the names of their classes; a sealed type mentions nothing. */
    private static final Map<String, Set<String>> MENTIONS = new TreeMap<>();

    @BeforeAll
    static void readClasses() throws IOException {
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "target", "classes"))) {
                for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
                    read(ClassFile.of().parse(file));
                }
            }
        }
        assertTrue(MENTIONS.size() > 500, "classes are missing");
    }

    private static void read(ClassModel type) {
        if (type.isModuleInfo()) {
            return;
        }
        Set<String> mentions = MENTIONS.computeIfAbsent(fileOf(type.thisClass().asInternalName()),
                _ -> new TreeSet<>());
        if (type.findAttribute(Attributes.permittedSubclasses()).isEmpty()) {
            for (PoolEntry entry : type.constantPool()) {
                if (entry instanceof Utf8Entry text) {
                    NAME.matcher(text.stringValue()).results().map(MatchResult::group).forEach(mentions::add);
                }
            }
        }
    }

    private static String fileOf(String className) {
        return className.replaceFirst("\\$.*", "");
    }

    private static String packageOf(String file) {
        return file.substring(0, file.lastIndexOf('/'));
    }

    @Test
    void noCircleOfFiles() {
        assertEquals(Map.of(), circles(graph(UnaryOperator.identity())));
    }

    @Test
    void noCircleOfPackagesButForRegistries() {
        assertEquals(Map.of(), circles(graph(ArchitectureTest::packageOf)));
    }

    @Test
    void noPackageIsTooLarge() {
        Map<String, Integer> sizes = new TreeMap<>();
        MENTIONS.keySet().forEach(file -> sizes.merge(packageOf(file), 1, Integer::sum));
        sizes.values().removeIf(files -> files <= MOST_FILES);
        assertEquals(Map.of(), sizes);
    }

    /** What files, or what they are grouped by, use of others. */
    private static Map<String, Set<String>> graph(UnaryOperator<String> group) {
        Map<String, Set<String>> graph = new TreeMap<>();
        MENTIONS.forEach((file, mentioned) -> {
            Set<String> uses = graph.computeIfAbsent(group.apply(file), _ -> new TreeSet<>());
            if (!REGISTRIES.contains(file)) {
                mentioned.stream().filter(MENTIONS::containsKey).map(group).forEach(uses::add);
            }
        });
        graph.forEach((name, uses) -> uses.remove(name));
        return graph;
    }

    /** What is left of a graph without all that uses nothing that is left, or that nothing uses: its circles. */
    private static Map<String, Set<String>> circles(Map<String, Set<String>> graph) {
        int size;
        do {
            size = graph.size();
            graph.values().forEach(uses -> uses.retainAll(graph.keySet()));
            graph.values().removeIf(Set::isEmpty);
            Set<String> used = new HashSet<>();
            graph.values().forEach(used::addAll);
            graph.keySet().retainAll(used);
        } while (graph.size() < size);
        return graph;
    }
}
