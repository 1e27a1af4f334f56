package org.imatrixstats.imatrix;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ways in which programs name the same tensor differently. */
public enum NameForm {
    /** Gate and up of experts in one tensor or in two. */
    GATE_AND_UP("gate and up of experts are one tensor in the one file and two in the other",
            "they share an input, so the entry of one can be copied for the other"),
    /** What image models have before every name in some files. */
    PREFIX("the names of the one file have the prefix model.diffusion_model.",
            "the entries can be copied under the other names"),
    /** A tensor for each expert, as in files of Mixtral of before April 2024. */
    EXPERT_BY_EXPERT("the one file has a tensor for each expert, the other one for all",
            "the entries of the experts, joined in their order, are the entry for all");

    private static final String DIFFUSION = "model.diffusion_model.";
    private static final Pattern OF_AN_EXPERT = Pattern.compile("(.*\\.ffn_(?:gate|up|down))\\.[0-9]+(\\..*)");
    private static final Pattern OF_ALL_EXPERTS = Pattern.compile("(.*\\.ffn_(?:gate|up|down))_exps(\\..*)");

    private final String description;
    private final String copy;

    NameForm(String description, String copy) {
        this.description = description;
        this.copy = copy;
    }

    /** The name in another form, and which. */
    public record Other(NameForm form, String name) {
    }

    /**
     * One sentence for each form in which tensors are there under another name: how many, which, and what could be copied.
     *
     * @param exists whether a tensor is there
     * @param there  where that is, such as "the file"
     */
    public static List<String> sentences(Collection<String> tensors, Predicate<String> exists, String there) {
        Map<NameForm, List<String>> byForm = new EnumMap<>(NameForm.class);
        for (String tensor : tensors) {
            of(tensor, exists).ifPresent(other -> byForm.computeIfAbsent(other.form, _ -> new ArrayList<>())
                    .add(tensor + " is " + other.name + " in " + there));
        }
        return byForm.entrySet().stream().map(form -> form.getValue().size()
                + (form.getValue().size() == 1 ? " tensor: " : " tensors: ") + form.getKey().description + ", such as "
                + form.getValue().getFirst() + "; " + form.getKey().copy).toList();
    }

    /** The same tensor under another name that there is; empty if there is none. */
    public static Optional<Other> of(String tensor, Predicate<String> exists) {
        List<Other> others = new ArrayList<>();
        for (String part : List.of("ffn_gate_exps", "ffn_up_exps")) {
            add(others, GATE_AND_UP, tensor, part, "ffn_gate_up_exps");
            add(others, GATE_AND_UP, tensor, "ffn_gate_up_exps", part);
        }
        others.add(new Other(PREFIX, tensor.startsWith(DIFFUSION)
                ? tensor.substring(DIFFUSION.length())
                : DIFFUSION + tensor));
        Matcher one = OF_AN_EXPERT.matcher(tensor);
        if (one.matches()) {
            others.add(new Other(EXPERT_BY_EXPERT, one.group(1) + "_exps" + one.group(2)));
        }
        Matcher all = OF_ALL_EXPERTS.matcher(tensor);
        if (all.matches()) {
            others.add(new Other(EXPERT_BY_EXPERT, all.group(1) + ".0" + all.group(2)));
        }
        return others.stream().filter(other -> exists.test(other.name)).findFirst();
    }

    private static void add(List<Other> others, NameForm form, String tensor, String from, String to) {
        if (tensor.contains("." + from + ".")) {
            others.add(new Other(form, tensor.replace("." + from + ".", "." + to + ".")));
        }
    }
}
