package org.imatrixstats.app.browse;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The tensors that are to get another type, and the type that the next ones get.
 *
 * @param maker   what makes rules of it
 * @param type    of the tensors that are marked next
 * @param typeOf  by name of the tensor, in the order of marking
 * @param outcome what they come to
 */
record Marks(RuleMaker maker, String type, SequencedMap<String, String> typeOf, RuleMaker.Outcome outcome) {
    static Marks none(RuleMaker maker) {
        return new Marks(maker, maker.firstType(), new LinkedHashMap<>(), RuleMaker.Outcome.NONE);
    }

    boolean isEmpty() {
        return typeOf.isEmpty();
    }

    /** All of them marked for the type; or unmarked, if they all were. */
    Marks toggled(List<String> names) {
        SequencedMap<String, String> other = new LinkedHashMap<>(typeOf);
        if (names.stream().allMatch(name -> type.equals(typeOf.get(name)))) {
            names.forEach(other::remove);
        } else {
            names.forEach(name -> other.put(name, type));
        }
        return new Marks(maker, type, Collections.unmodifiableSequencedMap(other), maker.outcome(other));
    }

    Marks none() {
        return new Marks(maker, type, new LinkedHashMap<>(), RuleMaker.Outcome.NONE);
    }

    Marks withType(String other) {
        return new Marks(maker, other, typeOf, outcome);
    }

    /** {@code 3 marked, 1 rule, 4381.25 MiB}. */
    String inAPhrase() {
        int rules = outcome.rules().size();
        return typeOf.size() + " marked, " + rules + (rules == 1 ? " rule" : " rules")
                + (outcome.inAPhrase().isEmpty() ? "" : ", " + outcome.inAPhrase());
    }

    /** What is written to a file. */
    String fileContent() {
        return maker.fileContent(outcome.rules());
    }
}
