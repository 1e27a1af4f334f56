package org.imatrixstats.app.spark;

import java.nio.charset.StandardCharsets;

/**
 * What executors open.
 *
 * @param model   a path from the root, or an address
 * @param imatrix likewise; empty without an importance matrix
 * @param program the name of the program whose types are measured
 */
record Inputs(String model, String imatrix, String program) {
    /** No name holds it. */
    private static final String BETWEEN = "\0";

    byte[] toBytes() {
        return String.join(BETWEEN, model, imatrix, program).getBytes(StandardCharsets.UTF_8);
    }

    static Inputs of(byte[] bytes) {
        String[] fields = new String(bytes, StandardCharsets.UTF_8).split(BETWEEN, -1);
        return new Inputs(fields[0], fields[1], fields[2]);
    }
}
