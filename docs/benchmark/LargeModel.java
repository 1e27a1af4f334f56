import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Writes a model with the shape of Llama 3 8B and normal weights (σ = 0.02), as F32, F16 or BF16. 32 layers are the whole model,
 * 16 GB as BF16; fewer layers have the same matrices. With {@code imatrix} it writes an importance matrix of this model
 * instead, log-normal and in the legacy format.
 *
 * <pre>java LargeModel.java FILE [LAYERS [f32|f16|bf16|imatrix]]</pre>
 */
final class LargeModel {
    private static final int WIDTH = 4096;
    private static final int KV_WIDTH = 1024;
    private static final int FFN_WIDTH = 14336;
    private static final int VOCABULARY = 128256;
    private static final int ALIGNMENT = 32;
    private static final int CHUNKS = 100;
    private static final int BLOCK = 1 << 20;

    private record Tensor(String name, int columns, int rows) {
        long elements() {
            return (long) columns * rows;
        }
    }

    public static void main(String[] arguments) throws IOException {
        int layers = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 32;
        String type = arguments.length > 2 ? arguments[2] : "bf16";
        List<Tensor> tensors = new ArrayList<>(List.of(new Tensor("token_embd.weight", WIDTH, VOCABULARY)));
        for (int layer = 0; layer < layers; layer++) {
            String block = "blk." + layer + ".";
            tensors.add(new Tensor(block + "attn_q.weight", WIDTH, WIDTH));
            tensors.add(new Tensor(block + "attn_k.weight", WIDTH, KV_WIDTH));
            tensors.add(new Tensor(block + "attn_v.weight", WIDTH, KV_WIDTH));
            tensors.add(new Tensor(block + "attn_output.weight", WIDTH, WIDTH));
            tensors.add(new Tensor(block + "ffn_gate.weight", WIDTH, FFN_WIDTH));
            tensors.add(new Tensor(block + "ffn_up.weight", WIDTH, FFN_WIDTH));
            tensors.add(new Tensor(block + "ffn_down.weight", FFN_WIDTH, WIDTH));
        }
        tensors.add(new Tensor("output.weight", WIDTH, VOCABULARY));
        if (type.equals("imatrix")) {
            writeImatrix(Path.of(arguments[0]), tensors.subList(1, tensors.size()));
        } else {
            write(Path.of(arguments[0]), tensors, type);
        }
    }

    private static void writeImatrix(Path file, List<Tensor> tensors) throws IOException {
        Random random = new Random(9);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(tensors.size()).flip());
            for (Tensor tensor : tensors) {
                byte[] name = tensor.name.getBytes(StandardCharsets.UTF_8);
                ByteBuffer entry = ByteBuffer.allocate(12 + name.length + 4 * tensor.columns)
                        .order(ByteOrder.LITTLE_ENDIAN).putInt(name.length).put(name).putInt(CHUNKS).putInt(tensor.columns);
                for (int i = 0; i < tensor.columns; i++) {
                    entry.putFloat((float) (CHUNKS * Math.exp(random.nextGaussian())));
                }
                channel.write(entry.flip());
            }
            channel.write(ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).putInt(CHUNKS).putInt(4)
                    .put("text".getBytes(StandardCharsets.US_ASCII)).flip());
        }
    }

    private static void write(Path file, List<Tensor> tensors, String type) throws IOException {
        int width = type.equals("f32") ? 4 : 2;
        ByteBuffer header = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        header.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3).putLong(tensors.size()).putLong(1);
        text(header, "general.architecture").putInt(8);
        text(header, "llama");
        long offset = 0;
        for (Tensor tensor : tensors) {
            text(header, tensor.name).putInt(2).putLong(tensor.columns).putLong(tensor.rows)
                    .putInt(switch (type) {
                        case "f32" -> 0;
                        case "f16" -> 1;
                        default -> 30;
                    }).putLong(offset);
            offset += tensor.elements() * width;
        }
        header.put(new byte[-header.position() & ALIGNMENT - 1]).flip();
        ByteBuffer values = values(type, width);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(header);
            for (Tensor tensor : tensors) {
                for (long left = tensor.elements() * width; left > 0;) {
                    values.clear().limit((int) Math.min(left, values.capacity()));
                    left -= channel.write(values);
                }
            }
        }
    }

    private static ByteBuffer text(ByteBuffer into, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return into.putLong(bytes.length).put(bytes);
    }

    /** One block, which is written again and again. */
    private static ByteBuffer values(String type, int width) {
        Random random = new Random(8);
        ByteBuffer values = ByteBuffer.allocateDirect(BLOCK * width).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < BLOCK; i++) {
            float x = (float) (0.02 * random.nextGaussian());
            switch (type) {
                case "f32" -> values.putFloat(x);
                case "f16" -> values.putShort(Float.floatToFloat16(x));
                default -> values.putShort((short) (Float.floatToRawIntBits(x) >>> 16));
            }
        }
        return values;
    }
}
