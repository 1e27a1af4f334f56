package org.imatrixstats.error;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.numeric.ErrorSums;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorSource;

/**
 * Tasks and their results as bytes, to send them to other machines. A task names its tensor; the machine that runs it finds
 * the tensor in the model that it has opened itself.
 */
public final class TaskBytes {
    private static final int VERSION = 1;

    private TaskBytes() {
    }

    /** The bytes of a task. */
    public static byte[] of(ErrorTask task) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeInt(task.number());
            out.writeUTF(task.tensor().name());
            out.writeUTF(shape(task.tensor()));
            out.writeInt(task.matrix());
            out.writeLong(task.first());
            out.writeInt(task.rows());
            out.writeLong(task.sampled());
            out.writeInt(task.types().size());
            for (GgmlType type : task.types()) {
                out.writeInt(type.id());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    /** What two machines must agree on, whatever file they read the tensor from. */
    private static String shape(TensorInfo tensor) {
        return tensor.type().label() + " " + tensor.dims();
    }

    /**
     * A task from its bytes.
     *
     * @param model the model as this machine has opened it
     * @throws FormatException if the model has no such tensor, or the bytes are of another version
     */
    public static ErrorTask task(byte[] bytes, TensorSource model) throws FormatException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new FormatException("task", "version " + version + ", expected " + VERSION
                        + ": do all machines run the same imatrix-stats?");
            }
            int number = in.readInt();
            TensorInfo tensor = tensor(model, in.readUTF(), in.readUTF());
            int matrix = in.readInt();
            long first = in.readLong();
            int rows = in.readInt();
            long sampled = in.readLong();
            List<GgmlType> types = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                types.add(GgmlType.ofId(in.readInt()));
            }
            return new ErrorTask(number, tensor, matrix, first, rows, sampled, List.copyOf(types));
        } catch (FormatException e) {
            throw e;
        } catch (IOException e) {
            throw new FormatException("task", "is cut short", e);
        }
    }

    private static TensorInfo tensor(TensorSource model, String name, String shape) throws FormatException {
        TensorInfo tensor = model.tensor(name);
        if (tensor == null || !shape(tensor).equals(shape)) {
            throw new FormatException(model.name(), name, (tensor == null ? "is missing" : "is " + shape(tensor))
                    + " on one machine, but " + shape + " on another: give all machines the same file");
        }
        return tensor;
    }

    /** The bytes of the result of a task: the length and the bytes of the sums of each type. */
    public static byte[] of(List<ErrorSums> sums) {
        List<byte[]> all = sums.stream().map(ErrorSums::toBytes).toList();
        ByteBuffer bytes = ByteBuffer.allocate(all.stream().mapToInt(each -> Integer.BYTES + each.length).sum());
        all.forEach(each -> bytes.putInt(each.length).put(each));
        return bytes.array();
    }

    /**
     * The result of a task from its bytes.
     *
     * @throws FormatException          if the sums are of another version
     * @throws IllegalArgumentException if the bytes are not those of a result
     */
    public static List<ErrorSums> sums(byte[] result) throws FormatException {
        ByteBuffer bytes = ByteBuffer.wrap(result);
        List<ErrorSums> sums = new ArrayList<>();
        while (bytes.hasRemaining()) {
            int length = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
            if (length < 0 || length > bytes.remaining()) {
                throw new IllegalArgumentException("length " + length);
            }
            byte[] each = new byte[length];
            bytes.get(each);
            sums.add(ErrorSums.fromBytes(each));
        }
        return sums;
    }
}
