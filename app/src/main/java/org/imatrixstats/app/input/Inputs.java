package org.imatrixstats.app.input;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.imatrix.Imatrix;
import org.imatrixstats.imatrix.ImatrixReader;
import org.imatrixstats.plan.Dialect;

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

    /** An importance matrix that a program reads; it is closed if the program does not. */
    public static Imatrix checked(Imatrix imatrix, Dialect program) throws IOException {
        try {
            program.check(imatrix);
            return imatrix;
        } catch (IOException | RuntimeException e) {
            imatrix.close();
            throw e;
        }
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
