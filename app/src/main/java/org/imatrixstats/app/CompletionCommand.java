package org.imatrixstats.app;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "completion", mixinStandardHelpOptions = true, //
        header = "Print a script that completes commands and options in bash or zsh.", //
        footerHeading = "%nExamples:%n", //
        footer = {"  source <(imatrix-stats completion bash)      in ~/.bashrc",
            "  source <(imatrix-stats completion zsh)       in ~/.zshrc"})
final class CompletionCommand implements Callable<Integer> {
    enum Shell {
        BASH, ZSH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
    private Shell shell;

    private final Cli cli;

    CompletionCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() throws IOException {
        String script = AutoComplete.bash(Cli.NAME, cli.commandLine(""));
        cli.print(shell == Shell.ZSH
                ? "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit"
                        + " && bashcompinit\n" + script
                : script);
        return ExitCode.DONE;
    }
}
