/** Importance matrices, their statistics and comparison, and what the llama-quantize programs make of a model. */
@SuppressWarnings("requires-automatic")
module org.imatrixstats.core {
    // EJML declares no names, so that they come from its files.
    requires ejml.core;
    requires ejml.ddense;
    requires org.apache.commons.csv;
    requires transitive org.imatrixstats.gguf;

    exports org.imatrixstats.check;
    exports org.imatrixstats.combine;
    exports org.imatrixstats.compare;
    exports org.imatrixstats.converge;
    exports org.imatrixstats.error;
    exports org.imatrixstats.imatrix;
    exports org.imatrixstats.journal;
    exports org.imatrixstats.llamacpp;
    exports org.imatrixstats.measure;
    exports org.imatrixstats.numeric;
    exports org.imatrixstats.plan;
    exports org.imatrixstats.quantize;
    exports org.imatrixstats.recipe;
    exports org.imatrixstats.recipe.residual;
    exports org.imatrixstats.scan;
    exports org.imatrixstats.spectrum;
    exports org.imatrixstats.stats;
    exports org.imatrixstats.weights;
    exports org.imatrixstats.weights.cluster;
}
