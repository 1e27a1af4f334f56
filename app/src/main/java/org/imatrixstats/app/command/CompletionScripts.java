package org.imatrixstats.app.command;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.imatrixstats.app.terminal.Console;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Completion scripts: picocli's for bash, which goes on after a comma and a leading -, and one for fish. */
final class CompletionScripts {
    private static final String LISTS = """

            # Of a list with commas between, the last part is completed; it may begin with -.
            function compReplyList() {
              local word=${COMP_WORDS[COMP_CWORD]} before=""
              case $word in *,*) before=${word%,*},; word=${word##*,} ;; esac
              case $word in -*) before=$before-; word=${word#-} ;; esac
              local option
              for option in "$@"; do
                case $option in "$word"*) echo "$before$option" ;; esac
              done
            }
            """;
    private static final String FISH_LISTS = """
            # Of a list with commas between, the last part is completed; it may begin with -.
            function __imatrix_stats_list
                set -l before (commandline -ct | string match -r '^.*,-?|^-' | string collect)
                for each in $argv
                    echo "$before$each"
                end
            end
            complete -c imatrix-stats -f
            """;

    private CompletionScripts() {
    }

    static String bash(CommandLine all) {
        String script = AutoComplete.bash(Console.NAME, all);
        for (String option : lists(all)) {
            script = Pattern
                    .compile(
                            "('" + Pattern.quote(option) + "'[^)]*\\)\\n\\s*local IFS=[^\\n]*\\n[^\\n]*)compReplyArray")
                    .matcher(script).replaceAll("$1compReplyList");
        }
        return script + LISTS;
    }

    static String zsh(CommandLine all) {
        return "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n" + bash(all);
    }

    /** The names of options whose values are lists of what a shell proposes. */
    private static Set<String> lists(CommandLine all) {
        Set<String> names = new LinkedHashSet<>();
        for (CommandLine command : all.getSubcommands().values()) {
            command.getCommandSpec().options().stream().filter(CompletionScripts::isList)
                    .forEach(option -> names.addAll(List.of(option.names())));
        }
        return names;
    }

    private static boolean isList(OptionSpec option) {
        return !option.splitRegex().isEmpty() && option.completionCandidates() != null;
    }

    static String fish(CommandLine all) {
        StringBuilder script = new StringBuilder(FISH_LISTS);
        for (Map.Entry<String, CommandLine> command : all.getSubcommands().entrySet()) {
            script.append("complete -c imatrix-stats -n __fish_use_subcommand -a ").append(command.getKey())
                    .append(" -d ")
                    .append(quoted(String.join(" ", command.getValue().getCommandSpec().usageMessage().header())))
                    .append('\n');
        }
        all.getSubcommands().forEach((name, command) -> {
            String condition = "complete -c imatrix-stats -n '__fish_seen_subcommand_from " + name + "'";
            script.append(condition).append(" -F\n");
            command.getCommandSpec().options()
                    .forEach(option -> script.append(condition).append(fish(option)).append('\n'));
        });
        return script.toString();
    }

    private static String fish(OptionSpec option) {
        StringBuilder line = new StringBuilder();
        for (String name : option.names()) {
            line.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceFirst("^--?", ""));
        }
        if (option.arity().max() > 0) {
            List<String> candidates = new ArrayList<>();
            if (option.completionCandidates() != null) {
                option.completionCandidates().forEach(candidates::add);
            }
            if (isList(option)) {
                line.append(" -x -a ").append(quoted("(__imatrix_stats_list " + words(candidates) + ")"));
            } else {
                line.append(candidates.isEmpty() ? " -r -F" : " -x -a " + quoted(words(candidates)));
            }
        }
        return line.append(" -d ").append(quoted(String.join(" ", option.description()))).toString();
    }

    private static String words(List<String> candidates) {
        return candidates.stream().map(each -> each.matches("[\\w.%-]+") ? each : '"' + each + '"')
                .collect(Collectors.joining(" "));
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
