package org.imatrixstats.app;

import java.nio.file.Path;
import java.util.List;

/**
 * Runs what users run, so that the build can record in an AOT cache which classes that takes. The JVM loads all classes of
 * a cache at each start: there is a cache for each group of commands that the launcher tells apart.
 */
final class AotTraining {
    private final Path testdata;

    private AotTraining(Path testdata) {
        this.testdata = testdata;
    }

    /** The name of the cache, and the folder of the test data. */
    public static void main(String[] arguments) {
        AotTraining training = new AotTraining(Path.of(arguments[1]));
        switch (arguments[0]) {
            case "stats" -> training.stats();
            case "plan" -> training.plan();
            case "app" -> training.others();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private void stats() {
        Main.run("--version");
        Main.run("--help");
        Main.run("stats", "--help");
        Main.run("stats", "missing.gguf");
        for (String file : List.of(file("dense-prose.gguf"), file("moe-act-prose.gguf"), file("moe-prose.dat"))) {
            Main.run("stats", file);
            Main.run("stats", file, "--color", "always");
            Main.run("stats", file, "--top", "3");
            for (String format : List.of("json", "csv", "markdown")) {
                Main.run("stats", file, "--format", format);
            }
            Main.run("--in-file", file, "--show-statistics");
            Main.run("check", file);
        }
    }

    private void plan() {
        String model = file("models/llama-3.1-8b.gguf");
        Main.run("plan", model);
        Main.run("plan", model, "--color", "always");
        Main.run("plan", model, "--format", "json");
        Main.run("plan", model, "--rule", "^blk\\.[0-3]\\.attn_v\\.weight$=q8_0");
        Main.run("plan", model, "--custom-q", "attn_v=q6_K,ffn_down=iq5_k");
        Main.run("recipe", "--model", model, "--target-bpw", "4");
        Main.run("recipe", file("tiny-english-prose.imatrix.gguf"), "--model",
                file("models/tiny-english-f16.header.gguf"), "--target-bpw", "4.5", "--versus", "Q4_K_M");
    }

    private void others() {
        Main.run("compare", file("dense-prose.gguf"), file("dense-code.gguf"));
        Main.run("compare", file("moe-prose.dat"), file("moe-prose.dat"), "--format", "json");
        String run = file("snapshots/dense-prose.gguf");
        Main.run("converge", run + ".at_8", run + ".at_16", run);
        for (String model : List.of("models/llama-3.1-8b.gguf", "checkpoints/hf-llama",
                "checkpoints/torch/tied-views.pth")) {
            Main.run("inspect", file(model));
            Main.run("inspect", file(model), "--format", "json", "--values", "4");
        }
    }

    private String file(String name) {
        return testdata.resolve(name).toString();
    }
}
