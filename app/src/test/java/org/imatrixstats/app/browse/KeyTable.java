package org.imatrixstats.app.browse;

/** The keys as the documentation has them. */
public final class KeyTable {
    private KeyTable() {
    }

    public static String markdown() {
        StringBuilder table = new StringBuilder("| key | |\n|---|---|\n");
        for (Action action : Action.values()) {
            table.append("| ");
            action.keys().forEach(key -> table.append('`').append(key.label()).append("` "));
            table.append("| ").append(action.description()).append(" |\n");
        }
        return table.toString();
    }
}
