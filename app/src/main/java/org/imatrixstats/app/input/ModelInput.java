package org.imatrixstats.app.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.gguf.GgufModel;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.io.Sources;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.plan.Model;
import org.imatrixstats.tensor.TensorSource;

/** The model that is to be quantized, in any container. */
public final class ModelInput {
    /** What an option or argument for it accepts. */
    public static final String ACCEPTED = "GGUF (any part of a split one), safetensors or PyTorch, a Hugging Face or Meta"
            + " folder, or the https:// or hf:// address of a file";
    private static final int MOST_NAMES = 3;

    private ModelInput() {
    }

    /** Opens a model, which must not be an importance matrix, and warns of what is left out of it. */
    public static ModelFile open(Path path, Console console) throws IOException {
        ModelFile model = ModelFile.open(path, console.files());
        Model.requireModel(model);
        model.warnings().forEach(warning -> console.warn(model.name() + ": " + warning));
        List<String> unknown = model.untranslated();
        if (!unknown.isEmpty() && unknown.size() < model.tensors().size()) {
            console.warn(model.name() + ": " + unknown.size() + (unknown.size() == 1 ? " tensor" : " tensors")
                    + " without a known name in GGUF: "
                    + String.join(", ", unknown.stream().limit(MOST_NAMES).toList())
                    + (unknown.size() > MOST_NAMES ? ", …" : ""));
        }
        return model;
    }

    /** Opens a model for a command that other formats than GGUF do not serve. */
    public static GgufModel gguf(Path path, Console console) throws IOException {
        String name = Sources.name(path);
        if (!Sources.isRemote(name)
                && (Files.isDirectory(path) || name.endsWith(".safetensors")
                        || name.endsWith(".safetensors.index.json"))) {
            throw new FormatException(path,
                    "is not GGUF: convert the model first, with convert_hf_to_gguf.py of llama.cpp");
        }
        return GgufModel.open(name, console.files());
    }

    /** The tensors of a model under their names in GGUF, where these are known; else under their own. */
    public static TensorSource tensors(ModelFile model) throws IOException {
        TensorSource gguf = model.asGguf();
        return gguf.tensors().isEmpty() ? model : gguf;
    }

    /** Reads what the quantizers look at in a model. */
    public static Model read(Path path, Console console) throws IOException {
        try (ModelFile model = open(path, console)) {
            return Model.of(model);
        }
    }
}
