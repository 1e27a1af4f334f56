package org.imatrixstats.app.output.inspect;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.imatrixstats.app.terminal.InputFiles;
import org.imatrixstats.io.Sources;
import org.imatrixstats.model.ModelFile;
import org.imatrixstats.model.ModelSummary;
import org.imatrixstats.model.PyTorchModel;

/**
 * What is said about one model.
 *
 * @param path     as the user named it
 * @param model    open as long as values are read
 * @param rows     its tensors
 * @param keys     whether the keys and values of a GGUF file are shown
 * @param verified what comparing checksums found; empty if that was not asked for
 */
public record InspectReport(Path path, ModelFile model, ModelSummary summary, List<TensorRow> rows, boolean keys,
        Optional<List<String>> verified) {
    /** As the user named it. */
    String given() {
        return Sources.name(path);
    }

    String name() {
        return isStandardInput() ? model.name() : given();
    }

    /** The name of the file or folder alone. */
    String fileName() {
        if (isStandardInput()) {
            return model.name();
        }
        Path name = path.toAbsolutePath().normalize().getFileName();
        return name == null ? path.toString() : name.toString();
    }

    private boolean isStandardInput() {
        return path.equals(InputFiles.STANDARD_INPUT);
    }

    /** Names that have no known counterpart in GGUF; none if nothing says of what architecture the model is. */
    List<String> untranslated() {
        return model.config().architecture() == null
                ? List.of()
                : rows.stream().filter(row -> row.gguf() == null).map(TensorRow::name).toList();
    }

    /** Whether the model is nothing but a tensor, which has no name. */
    boolean isBareTensor() {
        return model instanceof PyTorchModel checkpoint && checkpoint.isBareTensor();
    }

    /** Whether the model names code, or has a wrong checksum. */
    public boolean failed() {
        return !model.code().isEmpty() || verified.isPresent() && !verified.get().isEmpty();
    }
}
