package org.imatrixstats.recipe;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.imatrixstats.tensor.TensorName;
import org.imatrixstats.plan.Model;
import org.imatrixstats.stats.Report;

/**
 * How much the distortion of a tensor counts, per element: {@code exp(β · tanh(0.8 · z))} for where it stands within its
 * kind, times a weight for its kind.
 *
 * @param beta    0 for all tensors of a kind alike
 * @param ranking what z is of
 * @param roles   weights of kinds, the first that fits; 1 for the others
 */
public record Importance(double beta, Ranking ranking, List<Role> roles) {
    /**
     * ln 2: the most and the least important tensor of a kind differ by a factor of 4 at most, which is worth one bit per
     * weight, as each bit divides D by about 4. A convention: nobody measured it.
     */
    public static final double DEFAULT_BETA = 0.69;
    /** Makes tanh nearly linear within a robust standard deviation. A convention. */
    private static final double SLOPE = 0.8;
    private static final String OUTPUT = "output";
    private static final String TOKEN_EMBEDDINGS = "token_embd";

    /**
     * A weight for kinds of tensors.
     *
     * @param label how the user knows them
     */
    public record Role(String label, Predicate<String> kinds, double weight) {
        static Role of(String kind, double weight) {
            return new Role(kind, kind::equals, weight);
        }
    }

    /**
     * 4 to the power of the bits per weight that the mixes Q3_K_M, Q4_K_M and Q5_K_M of llama.cpp give a kind beyond their
     * base type, on average over the layers of Llama-3.1-8B: 2.08 for the output, 0.90 for attn_v and ffn_down, 0.35 for
     * attn_output, 0 for the others.
     */
    public static final List<Role> DEFAULT_ROLES = List.of(Role.of(OUTPUT, 18), Role.of("attn_v", 3.5),
            Role.of("ffn_down", 3.5), Role.of("ffn_down_exps", 3.5), Role.of("ffn_down_shexp", 3.5),
            Role.of("ffn_down_chexps", 3.5), Role.of("attn_output", 1.6), Role.of("attn_o", 1.6),
            Role.of("attn_out", 1.6));
    private static final Pattern EXPERT_NUMBER = Pattern.compile("\\.[0-9]+$");
    private static final String CROSS = "cross_";

    /**
     * The weight of a kind, by its whole name or by the part that says what the tensor does: {@code attn_v} of
     * {@code enc.attn_v} and {@code dec.cross_attn_v}, {@code ffn_down} of {@code ffn_down.3}, a matrix for each expert.
     * Token embeddings that are the output too have the weight of the output.
     */
    double role(String kind, boolean tied) {
        String known = tied && kind.equals(TOKEN_EMBEDDINGS) && !hasRole(kind) ? OUTPUT : kind;
        String function = function(known);
        for (Role role : roles) {
            if (role.kinds.test(known) || role.kinds.test(function)) {
                return role.weight;
            }
        }
        return 1;
    }

    private static String function(String kind) {
        String ofAllExperts = EXPERT_NUMBER.matcher(kind).replaceFirst("");
        String last = ofAllExperts.substring(ofAllExperts.lastIndexOf('.') + 1);
        if (last.equals(OUTPUT)) {
            // Such as cls.output: not over the vocabulary.
            return kind;
        }
        return last.startsWith(CROSS) ? last.substring(CROSS.length()) : last;
    }

    private boolean hasRole(String kind) {
        return roles.stream().anyMatch(role -> role.kinds.test(kind));
    }

    double within(double z) {
        return Math.exp(beta * Math.tanh(SLOPE * z));
    }

    /**
     * The weights of the tensors of a model; without an importance matrix those of their kinds. 0 of those that are never
     * computed with.
     */
    public Map<String, Double> weights(Model model, Optional<Report> report) {
        return weights(model, report.map(ranking::robustZ).orElse(Map.of()));
    }

    /**
     * The same by other figures than those of an importance matrix.
     *
     * @param z how far each tensor is from the middle of its kind, more important ones above 0
     */
    public Map<String, Double> weights(Model model, Map<String, Double> z) {
        Map<String, Double> weights = HashMap.newHashMap(model.tensors().size());
        boolean tied = model.hasTiedEmbeddings();
        Map<String, Double> byKind = new HashMap<>();
        model.tensors().forEach(tensor -> weights.put(tensor.name(), model.isUnused(tensor.name())
                ? 0
                : within(z.getOrDefault(tensor.name(), 0.0))
                        * byKind.computeIfAbsent(TensorName.of(tensor.name()).kind(), kind -> role(kind, tied))));
        return weights;
    }
}
