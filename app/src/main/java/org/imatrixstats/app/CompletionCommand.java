package org.imatrixstats.app;

import java.io.IOException;
import java.util.Locale;
import java.util.function.Supplier;

import picocli.AutoComplete;

final class CompletionCommand extends Command {
    enum Shell {
        BASH, ZSH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Supplier<Shell> shell = parameter("SHELL", Shell.class, "${COMPLETION-CANDIDATES}");
    private final Cli cli;

    CompletionCommand(Cli cli) {
        this.cli = cli;
        help().customSynopsis("imatrix-stats completion bash|zsh") //
                .header("Print a script that completes commands and options in bash or zsh.") //
                .footerHeading("%nExamples:%n") //
                .footer("  source <(imatrix-stats completion bash)      in ~/.bashrc",
                        "  source <(imatrix-stats completion zsh)       in ~/.zshrc");
    }

    @Override
    public Integer call() throws IOException {
        String script = AutoComplete.bash(Cli.NAME, cli.commandLine(""));
        cli.print(shell.get() == Shell.ZSH
                ? "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit"
                        + " && bashcompinit\n" + script
                : script);
        return ExitCode.DONE;
    }
}
