package org.imatrixstats.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs what users run, so that the build can record in the AOT cache which classes that takes. */
final class AotTraining {
    private AotTraining() {
    }

    public static void main(String[] arguments) {
        Path testdata = Path.of(arguments[0]);
        for (String file : List.of("dense-prose.gguf", "moe-act-prose.gguf", "moe-prose.dat")) {
            runAll(testdata.resolve(file).toString());
        }
        inspect(testdata);
        Path run = testdata.resolve("snapshots/dense-prose.gguf");
        Main.run("converge", run + ".at_8", run + ".at_16", run.toString());
        Main.run("recipe", testdata.resolve("tiny-english-prose.imatrix.gguf").toString(), "--model",
                testdata.resolve("models/tiny-english-f16.header.gguf").toString(), "--target-bpw", "4.5", "--versus",
                "Q4_K_M");
        String model = testdata.resolve("models/llama-3.1-8b.gguf").toString();
        for (List<String> options : List.of(List.of("--color", "always"), List.of("--format", "json"),
                List.of("--rule", "^blk\\.[0-3]\\.attn_v\\.weight$=q8_0"),
                List.of("--custom-q", "attn_v=q6_K,ffn_down=iq5_k"))) {
            List<String> command = new ArrayList<>(List.of("plan", model));
            command.addAll(options);
            Main.run(command.toArray(String[]::new));
        }
    }

    private static void inspect(Path testdata) {
        for (String file : List.of("models/llama-3.1-8b.gguf", "checkpoints/hf-llama",
                "checkpoints/torch/tied-views.pth")) {
            Main.run("inspect", testdata.resolve(file).toString());
            Main.run("inspect", testdata.resolve(file).toString(), "--format", "json", "--values", "4");
        }
    }

    private static void runAll(String file) {
        for (List<String> command : List.of(List.of("--help"), List.of("--version"), List.of("stats", "--help"),
                List.of("stats", file), List.of("stats", file, "--color", "always"),
                List.of("stats", file, "--layout", "classic"),
                List.of("stats", file, "--layout", "extended"), List.of("stats", file, "--level", "expert"),
                List.of("stats", file, "--format", "json"), List.of("stats", file, "--format", "csv"),
                List.of("stats", file, "--format", "markdown"), List.of("stats", file, "--top", "3"),
                List.of("compare", file, file), List.of("compare", file, file, "--format", "json"),
                List.of("check", file), List.of("check", file, "--format", "json"), List.of("stats", "missing.gguf"),
                List.of("--in-file", file, "--show-statistics"))) {
            Main.run(command.toArray(String[]::new));
        }
    }
}
