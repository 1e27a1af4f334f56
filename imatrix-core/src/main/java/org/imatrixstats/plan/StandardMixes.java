package org.imatrixstats.plan;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The base types of a program as people choose between them: by their sizes. */
public final class StandardMixes {
    /**
     * For models that were trained so, or of old builds, or older than the K-quants, which are better at the same size: no
     * fair comparison.
     */
    private static final Set<BaseType> SPECIAL = EnumSet.of(BaseType.Q1_0, BaseType.Q2_0, BaseType.TQ1_0,
            BaseType.TQ2_0, BaseType.MXFP4_MOE, BaseType.MXFP4, BaseType.IQ1_BN, BaseType.IQ2_BN, BaseType.Q8_KV,
            BaseType.Q4_0_4_4, BaseType.Q4_0_4_8, BaseType.Q4_0_8_8, BaseType.Q4_0, BaseType.Q4_1, BaseType.Q5_0,
            BaseType.Q5_1, BaseType.Q6_0, BaseType.IQ4_NL);

    private StandardMixes() {
    }

    /** All base types but those that only interleave the rows of another, which have the same size. */
    public static List<BaseType> all(Dialect dialect) {
        return dialect.bases().stream().filter(base -> !base.isFloat() && base.type().packed() == base.type()).toList();
    }

    /** Those that compete: the mixes of K-quants and i-quants. */
    public static List<BaseType> usual(Dialect dialect) {
        return all(dialect).stream().filter(base -> !SPECIAL.contains(base)).toList();
    }

    /**
     * What the program makes of a model with each of the usual base types, the smallest first. Those that it refuses, or
     * that demand entries of an importance matrix that are not there, are left out.
     *
     * @param imatrix values per entry of the importance matrix; empty without one
     */
    public static List<Plan> plans(Dialect dialect, Model model, Optional<Map<String, Long>> imatrix) {
        List<Sized> plans = new ArrayList<>();
        Sequence sequence = Sequence.of(dialect, model, false);
        for (BaseType base : usual(dialect)) {
            QuantizeOptions plain = QuantizeOptions.of(base);
            try {
                Plan plan = Plan.ofTypes(dialect, model, sequence,
                        imatrix.map(plain::withImatrix).orElse(plain));
                if (plan.missingImatrix().isEmpty() && plan.tensors().stream().noneMatch(PlannedTensor::isBroken)) {
                    plans.add(new Sized(plan, plan.quantBytes()));
                }
            } catch (RefusedException e) {
                // Another one it is.
            }
        }
        return plans.stream().sorted().map(Sized::plan).toList();
    }

    private record Sized(Plan plan, long bytes) implements Comparable<Sized> {
        @Override
        public int compareTo(Sized other) {
            return Long.compare(bytes, other.bytes);
        }
    }

    /** The plan whose size is nearest; of several the first. */
    public static Optional<Plan> nearest(List<Plan> plans, long bytes) {
        return plans.stream()
                .min((a, b) -> Long.compare(Math.abs(a.quantBytes() - bytes), Math.abs(b.quantBytes() - bytes)));
    }
}
