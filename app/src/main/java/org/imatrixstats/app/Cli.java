package org.imatrixstats.app;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.app.terminal.Text;

import picocli.CommandLine;
import picocli.CommandLine.IExitCodeExceptionMapper;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** A command line run within a process, with its output where the caller wants it. */
public final class Cli {
    static final String NAME = "imatrix-stats";

    private final OutputStream out;
    private final PrintWriter err;
    private final Terminal terminal;

    public Cli(OutputStream out, OutputStream err, Terminal terminal) {
        this.out = out;
        this.err = new PrintWriter(err, true, StandardCharsets.UTF_8);
        this.terminal = terminal;
    }

    /** Runs one command; returns the exit code of the process. */
    public int run(String... arguments) {
        return commandLine(arguments.length > 0 ? arguments[0] : "").execute(arguments);
    }

    /**
     * The parser of a command line. To look at all commands and their options takes longer than most of them run:
     * where the first argument names a command, the parser knows that one alone.
     */
    CommandLine commandLine(String firstArgument) {
        ImatrixStatsCommand root = new ImatrixStatsCommand(this);
        CommandLine commandLine = new CommandLine(root);
        Map<String, Supplier<Object>> commands = commands();
        if (commands.containsKey(firstArgument)) {
            commands.keySet().retainAll(Set.of(firstArgument));
        } else {
            commandLine.getCommandSpec().addMixin("llama-imatrix",
                    CommandSpec.forAnnotatedObject(root.llamaImatrix()));
        }
        commands.forEach((name, command) -> commandLine.addSubcommand(name, command.get()));
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
        commandLine.setErr(err);
        commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(
                terminal.colored() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        commandLine.setUsageHelpWidth(Math.clamp(terminal.columns(), 60, 100));
        commandLine.setParameterExceptionHandler(this::usageError);
        commandLine.setExecutionExceptionHandler(this::failed);
        commandLine.setExitCodeExceptionMapper(exitCodes());
        return commandLine;
    }

    /** To add a command: its class, and a line here. */
    private Map<String, Supplier<Object>> commands() {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("stats", () -> new StatsCommand(this));
        commands.put("check", () -> new CheckCommand(this));
        commands.put("completion", () -> new CompletionCommand(this));
        return commands;
    }

    private static IExitCodeExceptionMapper exitCodes() {
        return exception -> exception instanceof IOException ? ExitCode.FAILED : ExitCode.BUG;
    }

    Terminal terminal() {
        return terminal;
    }

    /** Writes to standard output. A reader that has seen enough, such as head, is no error. */
    void print(String text) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            // The other end of the pipe is closed: there is nobody left to tell.
        }
    }

    void warn(String message) {
        err.println(NAME + ": warning: " + Text.printable(message));
    }

    private int usageError(ParameterException e, String[] arguments) {
        err.println(NAME + ": " + Text.printable(e.getMessage()));
        CommandLine command = e.getCommandLine();
        String help = command.getCommandSpec().qualifiedName() + " --help";
        String hint = suggestion(e);
        err.println(hint + "Try '" + help + "'.");
        return ExitCode.USAGE;
    }

    private static String suggestion(ParameterException e) {
        if (!(e instanceof CommandLine.UnmatchedArgumentException unmatched) || unmatched.getSuggestions().isEmpty()) {
            return "";
        }
        return "Did you mean " + unmatched.getSuggestions().stream().collect(Collectors.joining("' or '", "'", "'"))
                + "? ";
    }

    private int failed(Exception e, CommandLine command, ParseResult parsed) {
        boolean bug = !(e instanceof IOException);
        if (bug) {
            err.println(NAME + ": this is a bug of imatrix-stats, please report it: " + Text.printable(e.toString()));
        } else {
            err.println(NAME + ": " + Text.printable(e.getMessage()));
        }
        if (((ImatrixStatsCommand) command.getCommandSpec().root().userObject()).stackTrace()) {
            e.printStackTrace(err);
        }
        return bug ? ExitCode.BUG : ExitCode.FAILED;
    }
}
