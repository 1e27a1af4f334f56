package org.imatrixstats.plan;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** File names of mixes that publishers made, such as Q4_K_L and UD-Q4_K_XL. */
final class PublisherLabel {
    private static final Pattern LABEL = Pattern
            .compile("(UD-)?(I?Q[1-8]_[A-Z0-9]+?)(_XXL|_XL|_L|_M|_S|_XS|_XXS)?(-UD)?");
    /** The mixes that a large label may mean, the nearest first. */
    private static final List<String> LARGE = List.of("_L", "_M", "", "_S");

    private PublisherLabel() {
    }

    /** The base type that such a name comes nearest to; empty if there is none. */
    static Optional<BaseType> nearest(String name, Collection<BaseType> bases) {
        Matcher matcher = LABEL.matcher(name);
        boolean isBase = bases.stream().anyMatch(base -> base.name().equals(name));
        if (isBase || !matcher.matches()) {
            return Optional.empty();
        }
        String size = matcher.group(3) == null ? "" : matcher.group(3);
        boolean dynamic = matcher.group(1) != null || matcher.group(4) != null;
        boolean large = size.endsWith("L");
        if (!dynamic && !large) {
            return Optional.empty();
        }
        List<String> endings = large ? LARGE : List.of(size, "_M", "", "_S");
        String type = matcher.group(2).equals("Q8_K") ? "Q8_0" : matcher.group(2);
        for (String ending : endings) {
            Optional<BaseType> base = bases.stream().filter(each -> each.name().equals(type + ending)).findFirst();
            if (base.isPresent()) {
                return base;
            }
        }
        return Optional.empty();
    }

    static String explanation(String given, BaseType nearest) {
        return RefusedException.quoted(given) + reason(nearest);
    }

    static String reason(BaseType nearest) {
        return " is a publisher's label for a mix of rules, not a type of llama-quantize; the nearest base type is "
                + nearest;
    }
}
