package org.imatrixstats.app.output.plan;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

import org.imatrixstats.model.KvCache;
import org.imatrixstats.plan.BaseType;
import org.imatrixstats.plan.Dialect;
import org.imatrixstats.plan.Model;
import org.imatrixstats.plan.Plan;

/**
 * How large a model becomes with each of several base types, and which of these fit.
 *
 * @param imatrix  the importance matrix; null without one
 * @param kv       what keys and values of tokens take; empty if that is not known
 * @param most     tokens that the model was made for; empty if it does not say
 * @param fit      bytes that there are for weights, keys and values; empty if any number is
 * @param context  tokens that must fit beside the weights; 0 for none
 * @param sizes    the smallest first, those that are refused last
 * @param warnings of all plans, each once
 */
public record SizesReport(Model model, Path imatrix, Dialect dialect, Optional<KvCache> kv, OptionalLong most,
        OptionalLong fit, long context, List<Size> sizes, List<String> warnings) {
    /**
     * A base type.
     *
     * @param plan    what the program makes of it; empty if it refuses
     * @param refusal why it refuses; empty if it does not
     */
    public record Size(BaseType base, Optional<Plan> plan, String refusal) {
        double bytes() {
            return plan.map(each -> (double) each.quantBytes()).orElse(Double.NaN);
        }

        /** {@code no}, {@code required}, or for how many tensors it lacks entries. */
        String imatrix() {
            return plan.map(each -> !each.needsImatrix()
                    ? "no"
                    : each.missingImatrix().isEmpty()
                            ? "required"
                            : "missing for " + each.missingImatrix().size())
                    .orElse(null);
        }
    }

    public SizesReport {
        sizes = sizes.stream().sorted(Comparator.comparingDouble(Size::bytes)).toList();
    }

    /** Bytes of weights, keys and values together; NaN if that is not known. */
    double total(Size size) {
        return size.bytes() + (context == 0 ? 0 : kv.map(cache -> cache.bytes(context)).orElse(Double.NaN));
    }

    /** Whether a size fits; false where that is not known. */
    boolean fits(Size size) {
        return fit.isPresent() && total(size) <= fit.getAsLong();
    }

    /** Tokens whose keys and values fit beside the weights, the model's own at most; NaN if that is not known. */
    double tokens(Size size) {
        if (fit.isEmpty() || kv.isEmpty() || size.plan.isEmpty()) {
            return Double.NaN;
        }
        long tokens = kv.get().tokens(fit.getAsLong() - size.plan.get().quantBytes());
        return Math.min(tokens, most.orElse(Long.MAX_VALUE));
    }
}
