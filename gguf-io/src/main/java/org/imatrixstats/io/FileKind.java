package org.imatrixstats.io;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/** Kinds of files that people give in place of a model or an importance matrix, told by their first bytes. */
public enum FileKind {
    LFS_POINTER("is a pointer of Git LFS, not the file itself", ": fetch the file with git lfs pull"), //
    WEB_PAGE("is a web page, not the file itself",
            ": download the file (on Hugging Face its address has /resolve/, not /blob/)"), //
    SAFETENSORS("is a safetensors file", ""), //
    PYTORCH("is a PyTorch checkpoint", ""), //
    ZIP("is a zip archive", ": unpack it first"), //
    TAR("is a tar archive", ": unpack it first"), //
    GGML("is in a format from before GGUF (2023)", ": convert the original model again"), //
    JSON("is a JSON file", "");

    private static final int SNIFFED = 512;
    private static final Pattern MARKUP = Pattern.compile("\\s*<[!?a-zA-Z]");
    private static final Pattern JSON_START = Pattern.compile("\\s*\\{\\s*\"");
    /** The magics of ggml, ggmf, ggjt and ggla as they stand in the file. */
    private static final Pattern BEFORE_GGUF = Pattern.compile("lmgg|fmgg|tjgg|algg");
    /** The names of the first entries that torch.save writes. */
    private static final Pattern PYTORCH_ENTRY = Pattern
            .compile("[^/]*/(data\\.pkl|\\.format_version|\\.storage_alignment|byteorder|version|data/0).*",
                    Pattern.DOTALL);
    private static final int TAR_MAGIC = 257;
    private static final int ZIP_NAME = 30;

    private final String description;
    private final String advice;

    FileKind(String description, String advice) {
        this.description = description;
        this.advice = advice;
    }

    /** The kind of a file; empty if none of these is known. */
    public static Optional<FileKind> of(ByteSource source) throws FormatException {
        byte[] bytes = new byte[(int) Math.min(SNIFFED, source.size())];
        source.copy(0, bytes, 0, bytes.length);
        return of(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    /** By the first bytes, one character each. */
    private static Optional<FileKind> of(String start) {
        FileKind kind = null;
        if (start.startsWith("version https://git-lfs")) {
            kind = LFS_POINTER;
        } else if (MARKUP.matcher(start).lookingAt()) {
            kind = WEB_PAGE;
        } else if (start.length() > 8 && start.charAt(8) == '{' && start.startsWith("\0\0\0\0", 4)) {
            kind = SAFETENSORS;
        } else if (start.startsWith("PK\3\4")) {
            boolean pytorch = start.length() > ZIP_NAME && PYTORCH_ENTRY.matcher(start.substring(ZIP_NAME)).matches();
            kind = pytorch ? PYTORCH : ZIP;
        } else if (start.length() > 2 && start.charAt(0) == 0x80 && start.charAt(1) >= 2 && start.charAt(1) <= 5) {
            kind = PYTORCH;
        } else if (start.startsWith("ustar", TAR_MAGIC)) {
            kind = TAR;
        } else if (BEFORE_GGUF.matcher(start).lookingAt()) {
            kind = GGML;
        } else if (JSON_START.matcher(start).lookingAt()) {
            kind = JSON;
        }
        return Optional.ofNullable(kind);
    }

    /** Why the file is refused, and what to do: {@code is a zip archive, expected a model: unpack it first}. */
    public String refusal(String expected) {
        return description + ", expected " + expected + advice;
    }
}
