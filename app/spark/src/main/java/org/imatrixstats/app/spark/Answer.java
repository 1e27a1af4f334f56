package org.imatrixstats.app.spark;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What an executor answers to a task. */
sealed interface Answer {
    /**
     * The sums of a task.
     *
     * @param task the number of the task
     * @param sums their bytes
     */
    record Result(int task, byte[] sums) implements Answer {
        @Override
        public byte[] toBytes() {
            return ByteBuffer.allocate(Integer.BYTES + sums.length).putInt(task).put(sums).array();
        }
    }

    /**
     * What is wrong with the values of the model.
     *
     * @param message in one line
     */
    record Fault(String message) implements Answer {
        @Override
        public byte[] toBytes() {
            byte[] text = message.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(Integer.BYTES + text.length).putInt(FAULT).put(text).array();
        }
    }

    /** In place of the number of a task. */
    int FAULT = -1;

    byte[] toBytes();

    static Answer of(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int task = in.getInt();
        byte[] rest = new byte[in.remaining()];
        in.get(rest);
        return task == FAULT ? new Fault(new String(rest, StandardCharsets.UTF_8)) : new Result(task, rest);
    }
}
