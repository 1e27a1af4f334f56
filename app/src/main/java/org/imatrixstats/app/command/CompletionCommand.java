package org.imatrixstats.app.command;

import java.io.IOException;
import java.util.Locale;
import java.util.function.Supplier;

import org.imatrixstats.app.terminal.Console;

import picocli.CommandLine;

public final class CompletionCommand extends Command {
    public static final String SUMMARY = "Print a completion script for bash, zsh or fish.";

    public enum Shell {
        BASH, ZSH, FISH;

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
        help().customSynopsis("imatrix-stats completion bash|zsh|fish") //
                .header(SUMMARY) //
                .footerHeading("%nExamples:%n") //
                .footer("  source <(imatrix-stats completion bash)      in ~/.bashrc",
                        "  source <(imatrix-stats completion zsh)       in ~/.zshrc",
                        "  imatrix-stats completion fish | source       in ~/.config/fish/config.fish");
    }

    @Override
    public Integer call() throws IOException {
        console.print(switch (shell.get()) {
            case BASH -> CompletionScripts.bash(all.get());
            case ZSH -> CompletionScripts.zsh(all.get());
            case FISH -> CompletionScripts.fish(all.get());
        });
        return ExitCode.DONE;
    }
}
