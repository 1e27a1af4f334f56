package org.imatrixstats.measure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.imatrixstats.io.FormatException;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/** Digests of what a measurement depends on. */
public final class Evaluation {
    /** Of each tensor, at its start. */
    private static final int DIGESTED = 1 << 12;
    private static final int BYTES = 8;
    /** Arguments with a value that only change how fast the program is. */
    private static final Set<String> SPEED = Set.of("-t", "--threads", "-tb", "--threads-batch", "-ngl",
            "--gpu-layers", "--n-gpu-layers", "-ts", "--tensor-split", "-sm", "--split-mode", "-mg", "--main-gpu",
            "-dev", "--device");

    private Evaluation() {
    }

    /**
     * What figures must share to be compared: the model (its tensor table and the start of each tensor), the text, and the
     * arguments of llama-perplexity that change its figures.
     *
     * @throws IOException if the model or the text cannot be read
     */
    public static String digest(TensorSource model, Path text, List<String> arguments) throws IOException {
        MessageDigest sha256 = sha256();
        add(sha256, "imatrix-stats evaluation 1\n");
        for (TensorInfo tensor : model.tensors()) {
            add(sha256, tensor.name() + " " + tensor.type().label() + " " + tensor.dims() + "\n");
            byte[] start = new byte[(int) Math.min(DIGESTED, tensor.bytes())];
            model.copy(tensor, 0, start, 0, start.length);
            sha256.update(start);
        }
        addFile(sha256, text);
        for (int i = 0; i < arguments.size(); i++) {
            if (SPEED.contains(arguments.get(i))) {
                i++;
            } else {
                add(sha256, arguments.get(i) + "\n");
            }
        }
        return hex(sha256);
    }

    /**
     * What a quantized model is: the type of each tensor and the importance matrix.
     *
     * @param imatrix the digest of its content; empty without one
     */
    public static String digest(Plan plan, Optional<String> imatrix) {
        List<String> texts = new ArrayList<>(List.of(plan.dialect().name()));
        plan.tensors().forEach(tensor -> texts.add(tensor.name() + "=" + tensor.type().ggmlName()));
        imatrix.ifPresent(texts::add);
        return digest(texts);
    }

    private static void addFile(MessageDigest sha256, Path file) throws IOException {
        byte[] block = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int length = in.read(block); length >= 0; length = in.read(block)) {
                sha256.update(block, 0, length);
            }
        } catch (IOException e) {
            throw new FormatException(file, "could not be read: " + e.getMessage(), e);
        }
    }

    /** A digest of some texts in their order. */
    public static String digest(List<String> texts) {
        MessageDigest sha256 = sha256();
        texts.forEach(text -> add(sha256, text.length() + ":" + text + "\n"));
        return hex(sha256);
    }

    private static void add(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
