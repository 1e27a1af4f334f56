package org.imatrixstats.recipe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.imatrixstats.ggml.GgmlType;
import org.imatrixstats.imatrix.Remedy;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;
import org.imatrixstats.plan.PlannedTensor;
import org.imatrixstats.plan.QuantizeOptions;
import org.imatrixstats.plan.RefusedException;
import org.imatrixstats.tensor.TensorInfo;
import org.imatrixstats.tensor.TensorName;

/**
 * What each tensor of a model may be stored as, its bytes and its losses. It is worked out once; recipes of any number of
 * sizes choose from it.
 */
final class Candidates {
    private final Map<List<GgmlType>, Pool> pools = new HashMap<>();
    private final Model model;
    private final RecipeOptions options;
    private final Losses losses;
    private final Dialect dialect;
    private final QuantizeOptions quantize;
    private final List<TensorInfo> tensors = new ArrayList<>();
    private final long fixedBytes;
    private final List<GgmlType> given;
    private final TensorGroups groups;

    /**
     * @param imatrix values per entry of the importance matrix; empty without one
     * @throws RecipeException  if an option means no tensor, or a type whose loss is not known
     * @throws RefusedException if the quantizer refuses the model whatever the types
     */
    Candidates(Model model, RecipeOptions options, Losses losses, Optional<Map<String, Long>> imatrix)
            throws RecipeException, RefusedException {
        this.model = model;
        this.options = options;
        this.losses = losses;
        this.dialect = options.dialect();
        QuantizeOptions plain = QuantizeOptions.of(options.base());
        this.quantize = imatrix.isPresent() ? plain.withImatrix(imatrix.get()) : plain;
        long fixed = 0;
        StoredTypes stored = new StoredTypes(model, dialect, quantize);
        Set<String> copied = copied(stored);
        for (TensorInfo tensor : model.tensors()) {
            if (copied.contains(tensor.name())) {
                fixed += dialect.bytes(tensor.ggmlType(), tensor);
            } else {
                tensors.add(tensor);
            }
        }
        this.fixedBytes = fixed;
        if (tensors.isEmpty()) {
            throw new RecipeException(model.name() + ": has no tensor that " + dialect.name() + " quantizes");
        }
        requirePinned();
        this.given = given();
        this.groups = new TensorGroups(tensors, model, options, losses, stored);
    }

    /** The names of the tensors that are never quantized. */
    private Set<String> copied(StoredTypes stored) throws RefusedException {
        Set<String> copied = new HashSet<>();
        for (PlannedTensor tensor : Plan.ofTypes(dialect, model, stored.everywhere(GgmlType.F16)).tensors()) {
            if (!tensor.quantized()) {
                copied.add(tensor.name());
            }
        }
        return copied;
    }

    Model model() {
        return model;
    }

    RecipeOptions options() {
        return options;
    }

    Losses losses() {
        return losses;
    }

    QuantizeOptions quantize() {
        return quantize;
    }

    /** The tensors that are quantized, in the order of the model. */
    List<TensorInfo> tensors() {
        return tensors;
    }

    /**
     * What a recipe of so many bytes chooses from.
     *
     * @throws RecipeException if that cannot be: the message says what is possible
     */
    Pool within(long budget) throws RecipeException, RefusedException {
        Pool pool = of(types(budget));
        if (!isEnough(pool, budget)) {
            pool = all();
        }
        requireComplete(pool);
        if (pool.leastBytes() > budget) {
            throw new RecipeException(model.name() + ": cannot be made as small as " + size(budget)
                    + " with these types and options; " + (pool.leastBytes() == pool.mostBytes()
                            ? "the only possible size is " + size(pool.leastBytes())
                            : "possible sizes: " + size(pool.leastBytes()) + " to " + size(pool.mostBytes())
                                    + withoutImatrix(pool.types())));
        }
        return pool;
    }

    /** What recipes of all sizes choose from: the smallest one from all types. */
    Pool all() throws RecipeException, RefusedException {
        Pool pool = of(given.isEmpty() ? dialect.recipeTypes() : given);
        requireComplete(pool);
        return pool;
    }

    /** Whether a recipe of so many bytes chooses from exactly this. */
    boolean isFor(Pool pool, long bytes) throws RecipeException, RefusedException {
        Pool own = of(types(bytes));
        return pool.types().equals((isEnough(own, bytes) ? own : all()).types());
    }

    /** What recipes of any size choose from, that of the smallest sizes first. */
    List<Pool> pools() throws RecipeException, RefusedException {
        List<Pool> all = new ArrayList<>(List.of(all()));
        if (given.isEmpty()) {
            for (List<GgmlType> types : Ladder.all(dialect, losses.shares())) {
                all.add(of(types));
            }
        }
        return all.stream().filter(Pool::isComplete).distinct().toList();
    }

    private List<GgmlType> types(long budget) {
        return given.isEmpty() ? Ladder.of(dialect, budget * 8.0 / model.elements(), losses.shares()) : given;
    }

    private boolean isEnough(Pool pool, long budget) {
        return !given.isEmpty() || pool.isComplete() && pool.leastBytes() <= budget;
    }

    private Pool of(List<GgmlType> types) throws RecipeException {
        Pool pool = pools.get(types);
        if (pool == null) {
            pool = Pool.of(types, groups.of(types), fixedBytes);
            pools.put(types, pool);
        }
        return pool;
    }

    private void requireComplete(Pool pool) throws RecipeException {
        for (Pool.Group group : pool.groups()) {
            if (group.combinations().isEmpty()) {
                throw new RecipeException("no type is left for " + group.label() + ": " + whyNone(group, pool.types()),
                        Remedy.TYPES);
            }
        }
    }

    private String withoutImatrix(List<GgmlType> types) {
        boolean demanding = types.stream().anyMatch(type -> tensors.stream()
                .anyMatch(tensor -> dialect.needsEntry(tensor.name(), type, options.base())));
        return demanding && quantize.imatrix().isEmpty()
                ? "; an importance matrix allows for types that demand one"
                : "";
    }

    private void requirePinned() throws RecipeException {
        for (RecipeOptions.Pin pin : options.pins()) {
            if (tensors.stream().noneMatch(tensor -> pin.names().test(tensor.name()))) {
                throw new RecipeException(pin.label() + " matches no tensor of " + model.name()
                        + " that is quantized" + (model.hasTiedEmbeddings() && pin.names().test("output.weight")
                                ? ": token_embd.weight is the output too, choose the type of the token embeddings"
                                : ""));
            }
        }
    }

    /** The types that the user wants, or has measured; empty for none. */
    private List<GgmlType> given() throws RecipeException {
        for (GgmlType type : options.types()) {
            if (losses.sensitivity().isEmpty() && Double.isNaN(losses.distortion().of(type, true))) {
                throw new RecipeException("no distortion is known for " + dialect.nameOf(type)
                        + ": leave it out, or supply one", Remedy.DISTORTION);
            }
        }
        return options.types().isEmpty()
                ? losses.sensitivity().map(Sensitivity::types).orElse(List.of())
                : options.types();
    }

    private String size(long bytes) {
        return String.format(Locale.ROOT, "%,d bytes (%.2f MiB, %.4f bpw)", bytes, bytes / (double) (1 << 20),
                bytes * 8.0 / model.elements());
    }

    private String whyNone(Pool.Group group, List<GgmlType> types) {
        Optional<RecipeOptions.Pin> pin = options.pin(group.tensors().getFirst().name());
        Optional<String> unknown = losses.sensitivity().flatMap(measured -> group.tensors().stream()
                .map(TensorInfo::name).filter(name -> !measured.knows(name)).findFirst());
        if (unknown.isPresent()) {
            return losses.sensitivity().get().file() + " has no value for " + unknown.get()
                    + "; add one, or choose its type";
        }
        if (pin.isEmpty() && types.stream().noneMatch(type -> group.tensors().stream()
                .allMatch(tensor -> options.allows(TensorName.of(tensor.name()).kind(), type)))) {
            return "the limits exclude all of "
                    + String.join(", ", types.stream().map(dialect::nameOf).toList());
        }
        return (pin.isPresent() ? pin.get().label() + " gives it one that " : "each type that may be chosen ")
                + "demands an entry of an importance matrix, which it has not, does not fit its shape, "
                + (options.limits().isEmpty() ? "" : "is stored as a type that the limits exclude, ")
                + "or has no known"
                + " distortion";
    }
}
