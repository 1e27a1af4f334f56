package org.imatrixstats.app.option.recipe;

import java.util.OptionalLong;
import java.util.function.Supplier;

import org.imatrixstats.app.option.ByteSize;
import org.imatrixstats.app.option.Options;

import picocli.CommandLine;

/** How large a quantized model may become. */
public final class SizeTarget extends Options {
    public static final String NEEDS_MODEL = "needs --model: sizes depend on shapes";
    private static final int TOO_MANY_BITS = 1000;

    private final Supplier<Double> bitsPerWeight = option("--target-bpw", "BITS", Double.class,
            "upper limit in bits per weight over all tensors");
    private final Supplier<ByteSize> data = option("--target-size", "SIZE", ByteSize.class,
            new ByteSize.Converter(),
            "upper limit in bytes: 4.8GiB (1024³), 4.8GB (1000³), 900MiB, ... The file header is not included");
    private final Supplier<ByteSize> file = option("--target-file-size", "SIZE", ByteSize.class,
            new ByteSize.Converter(), "the same for the whole file, with its header and padding (GGUF models)");

    public boolean isGiven() {
        return bitsPerWeight.get() != null || data.get() != null || file.get() != null;
    }

    public void validate(CommandLine command) {
        require(command, bitsPerWeight.get() == null || data.get() == null,
                "--target-bpw and --target-size cannot be combined");
        require(command, file.get() == null || bitsPerWeight.get() == null && data.get() == null,
                "--target-file-size cannot be combined with another size");
        require(command,
                bitsPerWeight.get() == null || bitsPerWeight.get() > 0 && bitsPerWeight.get() < TOO_MANY_BITS,
                "--target-bpw " + bitsPerWeight.get() + " is out of range: expected more than 0 and less than "
                        + TOO_MANY_BITS);
    }

    /** Bytes that the whole file may take; empty if the limit is on its data. */
    public OptionalLong fileBytes() {
        return file.get() == null ? OptionalLong.empty() : OptionalLong.of(file.get().bytes());
    }

    /** Bytes that the data of all tensors may take, where the limit is on them. */
    public long dataBytes(long elements) {
        return data.get() != null
                ? data.get().bytes()
                : (long) Math.floor(bitsPerWeight.get() * elements / Byte.SIZE);
    }
}
