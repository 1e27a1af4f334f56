package org.imatrixstats.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of docs/library.md compile with the library alone and print what the page shows. */
class LibraryPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("docs/library.md");
    private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```\n\n```text\n(.*?)```", Pattern.DOTALL);
    private static final Pattern MODULE_PATH = Pattern
            .compile(
                    "(gguf-io|imatrix-core|jackson-core|commons-(csv|io|codec)|ejml-\\w+)(-[0-9.]+\\.jar|/target/classes)$");
    private static final String SAFETENSORS = "testdata/checkpoints/hf-single";
    private static final List<String> MODULES = List.of("gguf-io", "gguf-io/packed", "imatrix-core", "app");

    @TempDir
    Path folder;

    private record Example(String program, String output) {
    }

    private static List<Example> examples() throws IOException {
        return EXAMPLE.matcher(Files.readString(PAGE)).results()
                .map((MatchResult match) -> new Example(match.group(1), match.group(2))).toList();
    }

    @Test
    void theExamplesPrintWhatThePageShows() throws Exception {
        List<Example> examples = examples();
        assertEquals(5, examples.size());
        List<Path> sources = new ArrayList<>();
        for (int i = 0; i < examples.size(); i++) {
            sources.add(Files.writeString(folder.resolve("Example" + i + ".java"),
                    examples.get(i).program.replace("\"testdata/", "\"../testdata/")));
        }
        compile(sources);
        for (int i = 0; i < examples.size(); i++) {
            assertEquals(examples.get(i).output, printed("Example" + i), "example " + (i + 1));
        }
    }

    private void compile(List<Path> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            boolean compiled = compiler.getTask(messages, files, null,
                    List.of("-d", folder.toString(), "-proc:none"), null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertTrue(compiled, messages.toString());
        }
    }

    private String printed(String program) throws Exception {
        Path output = folder.resolve(program + ".txt");
        PrintStream before = System.out;
        try (URLClassLoader loader = new URLClassLoader(new URL[]{folder.toUri().toURL()});
                PrintStream out = new PrintStream(output.toFile(), StandardCharsets.UTF_8)) {
            Class<?> type = loader.loadClass(program);
            Method main = type.getDeclaredMethod("main");
            main.setAccessible(true);
            var constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            System.setOut(out);
            main.invoke(constructor.newInstance());
        } finally {
            System.setOut(before);
        }
        return Files.readString(output);
    }

    /** JSON and spectra need modules that are not named by the one who requires the core. */
    @Test
    void aModuleThatRequiresTheCoreAloneHasAllThatTheLibraryNeeds() throws Exception {
        Path[] jars = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of)
                .filter(path -> MODULE_PATH.matcher(path.toString()).find()).toArray(Path[]::new);
        Configuration modules = ModuleLayer.boot().configuration().resolve(ModuleFinder.of(jars), ModuleFinder.of(),
                List.of("org.imatrixstats.core"));
        ClassLoader loader = ModuleLayer.boot()
                .defineModulesWithOneLoader(modules, ClassLoader.getPlatformClassLoader())
                .findLoader("org.imatrixstats.core");
        for (String name : List.of("org.imatrixstats.model.ModelFile", "org.imatrixstats.spectrum.SingularValues",
                "org.imatrixstats.csv.Csv", "org.imatrixstats.io.HttpRanges")) {
            Class<?> type = Class.forName(name, true, loader);
            assertTrue(type.getModule().isNamed(), name);
            assertTrue(type.getDeclaredMethods().length > 0, "all types of its methods are there");
        }
        Method open = loader.loadClass("org.imatrixstats.model.ModelFile").getMethod("open", Path.class);
        ((AutoCloseable) open.invoke(null, ROOT.resolve(SAFETENSORS))).close();
    }

    /** Java's module system refuses two modules with the same package. */
    @Test
    void noPackageIsSplitBetweenModules() throws IOException {
        Map<String, String> homes = new HashMap<>();
        for (String module : MODULES) {
            for (String name : packages(module)) {
                String other = homes.put(name, module);
                assertTrue(other == null, () -> name + " is in " + other + " and in " + module);
            }
        }
        assertTrue(homes.size() > 30, homes.toString());
    }

    private static List<String> packages(String module) throws IOException {
        Path classes = ROOT.resolve(module).resolve("src/main/java");
        try (Stream<Path> files = Files.walk(classes)) {
            return files.filter(file -> file.toString().endsWith(".java") && !file.endsWith("module-info.java"))
                    .map(file -> classes.relativize(file.getParent()).toString().replace('/', '.')).distinct().toList();
        }
    }
}
