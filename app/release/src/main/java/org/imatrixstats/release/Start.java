package org.imatrixstats.release;

/** The first class of the jar. It is compiled for Java 8, so that an old Java prints one line instead of a stack trace. */
public final class Start {
    private static final int NEEDED = 25;

    private Start() {
    }

    public static void main(String[] arguments) throws ReflectiveOperationException {
        String version = System.getProperty("java.specification.version");
        if (version.startsWith("1.") || Integer.parseInt(version) < NEEDED) {
            System.err.println("imatrix-stats: needs Java " + NEEDED + " or later, and this is Java " + version + " ("
                    + System.getProperty("java.home") + ")");
            System.exit(1);
        }
        Class.forName("org.imatrixstats.app.Main").getMethod("main", String[].class).invoke(null, (Object) arguments);
    }
}
