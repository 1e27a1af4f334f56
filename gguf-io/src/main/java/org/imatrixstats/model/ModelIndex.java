package org.imatrixstats.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;

import org.imatrixstats.io.ByteSource;
import org.imatrixstats.io.FormatException;
import org.imatrixstats.json.Json;
import org.imatrixstats.io.RangeStream;

import tools.jackson.core.JsonToken;

/**
 * The index of a model in several files ({@code model.safetensors.index.json}, {@code pytorch_model.bin.index.json}): which
 * tensor is in which file.
 *
 * @param source    the name of the index
 * @param totalSize the bytes that it states; -1 if it does not
 * @param places    the file of each tensor
 * @param files     the files in the order of their names
 */
record ModelIndex(String source, long totalSize, SequencedMap<String, String> places, List<String> files) {
    private static final long MAX_BYTES = 1 << 26;
    private static final int MAX_TENSORS = 1 << 20;
    private static final int MAX_FILES = 1 << 12;
    private static final int MOST_WARNINGS = 20;

    static ModelIndex read(ByteSource file) throws FormatException {
        if (file.size() > MAX_BYTES) {
            throw new FormatException(file.name(),
                    "has " + file.size() + " bytes, expected an index of at most " + MAX_BYTES);
        }
        long totalSize = -1;
        SequencedMap<String, String> places = null;
        try (Json json = new Json(file.name(), "index", new RangeStream(file, 0, file.size()))) {
            json.expect(JsonToken.START_OBJECT, "an object {…}");
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                switch (name) {
                    case "weight_map" -> places = places(json);
                    case "metadata" -> totalSize = totalSize(json);
                    default -> {
                        json.next();
                        json.skipChildren();
                    }
                }
            }
            json.end();
        } catch (FormatException e) {
            throw e;
        } catch (IOException e) {
            throw new FormatException(file.name(), "could not be read: " + e.getMessage(), e);
        }
        if (places == null || places.isEmpty()) {
            throw new FormatException(file.name(), "weight_map is missing or empty, expected an index of a model");
        }
        ModelIndex index = new ModelIndex(file.name(), totalSize, places,
                List.copyOf(new TreeSet<>(places.values())));
        if (index.files().size() > MAX_FILES) {
            throw new FormatException(file.name(), "names " + index.files().size() + " files, expected at most "
                    + MAX_FILES);
        }
        return index;
    }

    private static long totalSize(Json json) throws FormatException {
        long size = -1;
        if (json.next() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return size;
        }
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            if (json.next() == JsonToken.VALUE_NUMBER_INT && name.equals("total_size")) {
                String digits = json.currentText();
                size = digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : -1;
            } else {
                json.skipChildren();
            }
        }
        return size;
    }

    private static SequencedMap<String, String> places(Json json) throws FormatException {
        SequencedMap<String, String> places = new LinkedHashMap<>();
        json.expect(JsonToken.START_OBJECT, "weight_map to be an object");
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            String file = json.text("file of tensor '" + name + "'");
            if (file.isEmpty() || file.equals("..") || file.chars().anyMatch(c -> c == '/' || c == '\\' || c == 0)) {
                throw json.fail("tensor '" + name + "' is said to be in '" + file
                        + "', expected a file in the folder of the index");
            }
            if (places.size() == MAX_TENSORS) {
                throw json.fail("more than " + MAX_TENSORS + " tensors");
            }
            places.put(name, file.intern());
        }
        return places;
    }

    /**
     * Whether a tensor that a file has is to be taken from it. What the index does not say is a warning.
     *
     * @param part the number of the file among {@link #files}
     */
    boolean places(String tensor, int part, List<String> warnings) {
        String place = places.get(tensor);
        String here = files.get(part);
        if (here.equals(place)) {
            return true;
        }
        if (warnings.size() == MOST_WARNINGS) {
            warnings.add("and more tensors like these");
        } else if (warnings.size() < MOST_WARNINGS && place == null) {
            warnings.add("tensor '" + tensor + "' of " + here + " is not in the index: it is left out");
        } else if (warnings.size() < MOST_WARNINGS) {
            warnings.add("tensor '" + tensor + "' is in " + here + " too; the index says " + place);
        }
        return false;
    }

    /** Every tensor of the index must have been found where it says, and their bytes should be what it says. */
    void requireAll(List<ModelTensor> tensors, List<String> warnings) throws FormatException {
        Map<String, ModelTensor> found = new LinkedHashMap<>();
        tensors.forEach(tensor -> found.put(tensor.name(), tensor));
        List<String> missing = new ArrayList<>(places.keySet());
        missing.removeIf(found::containsKey);
        if (!missing.isEmpty()) {
            throw new FormatException(source, missing.getFirst(), "is said to be in "
                    + places.get(missing.getFirst()) + ", which does not have it"
                    + (missing.size() > 1 ? "; " + (missing.size() - 1) + " more are missing" : ""));
        }
        long bytes = tensors.stream().mapToLong(tensor -> tensor.info().bytes()).sum();
        if (totalSize >= 0 && totalSize != bytes) {
            warnings.add("the index says that the tensors have " + totalSize + " bytes, they have " + bytes);
        }
    }
}
