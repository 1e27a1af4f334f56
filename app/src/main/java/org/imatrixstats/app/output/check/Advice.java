package org.imatrixstats.app.output.check;

import org.imatrixstats.check.FindingCode;

/** What to do about a finding, and which command or option helps. */
public final class Advice {
    private Advice() {
    }

    public static String on(FindingCode code) {
        String help = help(code);
        return help.isEmpty() ? code.advice() : code.advice() + " " + help;
    }

    private static String help(FindingCode code) {
        return switch (code) {
            case METADATA_MISSING ->
                "'imatrix-stats convert' does that. Its --dataset and --chunk-size supply what is missing.";
            case METADATA_TYPE, BIG_ENDIAN -> "'imatrix-stats convert' does that.";
            case DATASETS_UNUSUAL -> "'imatrix-stats convert --dataset NAME' adds a name where none is stored.";
            case EXPERTS_POORLY_COVERED -> "--min-tokens sets how many tokens are enough.";
            case LAYER_GAP, LAYER_MISSING -> "--model MODEL compares.";
            case NEXTN_LOOKED_UP, OUTPUT_WITHOUT_ENTRY ->
                "llama-imatrix --process-output collects data for them.";
            default -> "";
        };
    }
}
