/** Files of models (GGUF, safetensors, PyTorch) and the tensor types of ggml. */
module org.imatrixstats.gguf {
    requires java.net.http;
    requires tools.jackson.core;

    exports org.imatrixstats.ggml;
    exports org.imatrixstats.gguf;
    exports org.imatrixstats.io;
    exports org.imatrixstats.model;
    exports org.imatrixstats.tensor;

    uses org.imatrixstats.io.ByteSource.Scheme;
}
