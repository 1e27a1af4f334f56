package org.imatrixstats.app.input;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.check.ModelFit;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Dialects;

/** Several open importance matrices, closed together. */
public record Inputs(List<Imatrix> imatrices) implements AutoCloseable {
    /** Opens one importance matrix. */
    public static Imatrix imatrix(Path file, Console console) throws IOException {
        return ImatrixReader.read(console.files().openWhole(file));
    }

    public static Inputs open(List<Path> files, Console console) throws IOException {
        Inputs inputs = new Inputs(new ArrayList<>());
        try {
            for (Path file : files) {
                inputs.imatrices.add(imatrix(file, console));
            }
            return inputs;
        } catch (IOException | RuntimeException e) {
            inputs.close();
            throw e;
        }
    }

    /**
     * An importance matrix whose values a program takes, which reads it as it is or converted to its format. It is closed if
     * the program does not.
     */
    public static Imatrix checked(Imatrix imatrix, Dialect program) throws IOException {
        try {
            check(imatrix, program);
            return imatrix;
        } catch (IOException | RuntimeException e) {
            imatrix.close();
            throw e;
        }
    }

    /** The same without closing it. */
    public static void check(Imatrix imatrix, Dialect program) throws IOException {
        // ik_llama.cpp does not read the GGUF format. Only llama.cpp has rules for it.
        boolean legacy = imatrix.origin().format() == Imatrix.Format.LEGACY;
        (legacy ? program : Dialects.llamaCpp()).check(imatrix);
    }

    /** Refuses the importance matrix of another model, and warns of entries that are for no tensor of this one. */
    public static void requireFit(ModelFit fit, String model, Console console) throws IOException {
        fit.refuseOther(model);
        fit.ignored(model).ifPresent(console::warn);
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (Imatrix imatrix : imatrices) {
            try {
                imatrix.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
