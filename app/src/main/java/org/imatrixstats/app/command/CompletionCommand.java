package org.imatrixstats.app.command;

import java.io.IOException;
import java.util.Locale;
import java.util.function.Supplier;

import org.imatrixstats.app.terminal.Console;

import picocli.AutoComplete;
import picocli.CommandLine;

public final class CompletionCommand extends Command {
    public enum Shell {
        BASH, ZSH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Supplier<Shell> shell = parameter("SHELL", Shell.class, "${COMPLETION-CANDIDATES}");
    private final Console console;
    private final Supplier<CommandLine> all;

    public CompletionCommand(Console console, Supplier<CommandLine> all) {
        this.console = console;
        this.all = all;
        help().customSynopsis("imatrix-stats completion bash|zsh") //
                .header("Print a completion script for bash or zsh.") //
                .footerHeading("%nExamples:%n") //
                .footer("  source <(imatrix-stats completion bash)      in ~/.bashrc",
                        "  source <(imatrix-stats completion zsh)       in ~/.zshrc");
    }

    @Override
    public Integer call() throws IOException {
        String script = AutoComplete.bash(Console.NAME, all.get());
        console.print(shell.get() == Shell.ZSH
                ? "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit"
                        + " && bashcompinit\n" + script
                : script);
        return ExitCode.DONE;
    }
}
