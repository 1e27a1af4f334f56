package org.imatrixstats.pytorch;

import java.nio.ByteOrder;
import java.util.List;

import org.imatrixstats.io.ByteSource;

/**
 * The tensors of a checkpoint that {@code torch.save} wrote; no data have been read. The pickle in it was read as data:
 * nothing that it names was loaded or called.
 *
 * @param file      the file
 * @param layout    how the file is made
 * @param order     byte order of the data
 * @param container the key under which the tensors of the model were found; null if they are at the top
 * @param tensors   those of the model, in the order of the pickle
 * @param outside   names of tensors elsewhere in the file, such as those of an optimizer
 * @param code      names that are not known to be harmless: to load the file with PyTorch may run them
 * @param foreign   names of harmless classes that have nothing to do with tensors
 * @param notes     what is odd but does not hinder reading
 */
public record Checkpoint(ByteSource file, Layout layout, ByteOrder order, String container,
        List<CheckpointTensor> tensors, List<String> outside, List<String> code, List<String> foreign,
        List<String> notes) {
    /** How a checkpoint lies in its file. */
    public enum Layout {
        /** A zip archive, of PyTorch 1.6 and later. */
        ZIP,
        /** Pickles one after the other, then the data. */
        LEGACY
    }
}
