package org.imatrixstats.app;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.imatrixstats.app.command.BrowseCommand;
import org.imatrixstats.app.command.CheckCommand;
import org.imatrixstats.app.command.Command;
import org.imatrixstats.app.command.CompareCommand;
import org.imatrixstats.app.command.CompletionCommand;
import org.imatrixstats.app.command.ConvergeCommand;
import org.imatrixstats.app.command.ConvertCommand;
import org.imatrixstats.app.command.ErrorCommand;
import org.imatrixstats.app.command.ExitCode;
import org.imatrixstats.app.command.ImatrixStatsCommand;
import org.imatrixstats.app.command.InspectCommand;
import org.imatrixstats.app.command.MeasureCommand;
import org.imatrixstats.app.command.MergeCommand;
import org.imatrixstats.app.command.PlanCommand;
import org.imatrixstats.app.command.QuantizeCommand;
import org.imatrixstats.app.command.RecipeCommand;
import org.imatrixstats.app.command.Remedies;
import org.imatrixstats.app.command.ReportCommand;
import org.imatrixstats.app.command.SpectrumCommand;
import org.imatrixstats.app.command.StatsCommand;
import org.imatrixstats.app.command.SubtractCommand;
import org.imatrixstats.app.command.VerifyCommand;
import org.imatrixstats.app.command.VersionProvider;
import org.imatrixstats.app.command.WeightsCommand;
import org.imatrixstats.app.engine.ErrorEngine;
import org.imatrixstats.app.engine.ThreadsEngine;
import org.imatrixstats.app.option.EnumNames;
import org.imatrixstats.app.option.OutputOptions;
import org.imatrixstats.app.option.plan.KeyOverride;
import org.imatrixstats.app.output.Level.Sheet;
import org.imatrixstats.app.output.Shell;
import org.imatrixstats.app.output.stats.Layout;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.Terminal;
import org.imatrixstats.combine.Merge;
import org.imatrixstats.csv.Decimal;
import org.imatrixstats.imatrix.ContentDigest;
import org.imatrixstats.measure.Grouping;
import org.imatrixstats.recipe.Ranking;

import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.IExitCodeExceptionMapper;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine;

/** A command line run within a process, with its output where the caller wants it. */
public final class Cli {
    private static final List<String> HELP = List.of("--help", "-h");
    private static final List<String> VERSION = List.of("--version", "-V");

    static {
        // Converters that no option has, and a class of Groovy that picocli looks for in every jar.
        System.setProperty("picocli.converters.excludes", "java\\..*");
        System.setProperty("picocli.disable.closures", "true");
    }

    private final Console console;
    private final Supplier<ErrorEngine> errorEngine;
    /** Buffers picocli's output, because picocli ignores write errors. */
    private final StringWriter help = new StringWriter();

    public Cli(OutputStream out, OutputStream err, Terminal terminal) {
        this(out, err, terminal, ThreadsEngine::new);
    }

    /** @param errorEngine where {@code error} measures */
    public Cli(OutputStream out, OutputStream err, Terminal terminal, Supplier<ErrorEngine> errorEngine) {
        this.console = new Console(out, err, terminal);
        this.errorEngine = errorEngine;
    }

    /** Runs one command; returns the exit code of the process. */
    public int run(String... given) {
        try {
            if (given.length == 1 && VERSION.contains(given[0])) {
                console.print(VersionProvider.line() + "\n");
                return ExitCode.DONE;
            }
            String[] arguments = withHelpAsOption(given);
            int exitCode = parser(arguments).execute(arguments);
            console.print(help.toString());
            return exitCode;
        } catch (IOException e) {
            console.error(e.getMessage());
            return ExitCode.FAILED;
        } catch (OutOfMemoryError e) {
            console.error("out of memory: set JAVA_TOOL_OPTIONS=-Xmx4g for 4 GiB");
            return ExitCode.FAILED;
        }
    }

    /**
     * {@code help COMMAND}, {@code --help COMMAND} and {@code COMMAND ... --help} are {@code COMMAND --help}. Without the
     * help, the parser refuses an unknown command.
     */
    private String[] withHelpAsOption(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals("help")) {
            String[] asOption = arguments.clone();
            asOption[0] = HELP.getFirst();
            return withHelpAsOption(asOption);
        }
        if (arguments.length > 1 && (HELP.contains(arguments[0]) || isHelpAsked(arguments))) {
            String command = arguments[HELP.contains(arguments[0]) ? 1 : 0];
            if (commands().containsKey(command)) {
                return new String[]{command, HELP.getFirst()};
            }
            boolean named = !command.startsWith("-") && !command.startsWith("@") && !command.equals("help");
            return named ? new String[]{command} : arguments;
        }
        return arguments;
    }

    /** Whether a help is asked for among the options. What follows {@code --} is not an option. */
    private static boolean isHelpAsked(String[] arguments) {
        for (String argument : arguments) {
            if (argument.equals("--")) {
                return false;
            }
            if (HELP.contains(argument)) {
                return true;
            }
        }
        return false;
    }

    /** The parser with all commands and their options, for those who list them. */
    CommandLine commandLine() {
        return parser(ImatrixStatsCommand.Use.REPORT, commands(), _ -> true);
    }

    /**
     * The parser of a command line. To look at all commands and their options takes longer than most of them run:
     * where the first argument names a command, the parser knows that one alone. Else it knows the options of commands
     * that may be meant, and of the others what the help lists.
     */
    private CommandLine parser(String[] arguments) {
        Map<String, Entry> commands = commands();
        if (arguments.length > 0 && commands.containsKey(arguments[0])) {
            commands.keySet().retainAll(Set.of(arguments[0]));
            return parser(ImatrixStatsCommand.Use.SUBCOMMAND, commands, _ -> true);
        }
        boolean help = arguments.length == 1 && HELP.contains(arguments[0]);
        return parser(help ? ImatrixStatsCommand.Use.HELP : ImatrixStatsCommand.Use.REPORT, commands,
                name -> isIn(arguments, name));
    }

    /** Whether a word is one of the arguments, or may be in a file of arguments. */
    private static boolean isIn(String[] arguments, String word) {
        for (String argument : arguments) {
            if (argument.equals(word) || argument.startsWith("@")) {
                return true;
            }
        }
        return false;
    }

    /** @param whole of which commands the options are known, not only what the help lists */
    private CommandLine parser(ImatrixStatsCommand.Use use, Map<String, Entry> commands, Predicate<String> whole) {
        ImatrixStatsCommand root = new ImatrixStatsCommand(console, use);
        CommandLine commandLine = new CommandLine(root.spec().name(Console.NAME));
        if (use != ImatrixStatsCommand.Use.SUBCOMMAND) {
            commandLine.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, root::optionList);
        }
        if (use == ImatrixStatsCommand.Use.HELP) {
            // The list needs names and summaries. Making the commands would take longer than printing it.
            commandLine.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING,
                    list -> list.createHeading(list.commandSpec().usageMessage().commandListHeading()));
            commandLine.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST,
                    list -> commandList(list, commands));
        } else {
            commands.forEach((name, entry) -> commandLine.addSubcommand(name,
                    whole.test(name) ? entry.command.get().spec() : entry.listed()));
        }
        // Picocli's own converter looks for the method by its name.
        commandLine.registerConverter(Path.class, Cli::path);
        commandLine.registerConverter(Integer.class, Cli::count);
        commandLine.registerConverter(Double.class, Cli::number);
        commandLine.registerConverter(KeyOverride.class, new KeyOverride.Converter());
        EnumNames.register(commandLine, Layout.class, "layout");
        EnumNames.register(commandLine, Sheet.Grouping.class, "group");
        EnumNames.register(commandLine, Terminal.Color.class, "value");
        EnumNames.register(commandLine, CompletionCommand.Shell.class, "shell");
        EnumNames.register(commandLine, Shell.class, "shell");
        EnumNames.register(commandLine, OutputOptions.Container.class, "container");
        EnumNames.register(commandLine, Merge.Missing.class, "value");
        EnumNames.register(commandLine, Ranking.class, "figure");
        EnumNames.register(commandLine, ContentDigest.Algorithm.class, "digest");
        EnumNames.register(commandLine, Grouping.class, "grouping");
        commandLine.setOut(new PrintWriter(help));
        commandLine.setErr(console.err());
        commandLine.setColorScheme(new CommandLine.Help.ColorScheme.Builder(
                console.terminal().colored() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF)
                .commands(Style.bold)
                .options(Style.bold).parameters(Style.bold).optionParams(Style.italic).build());
        commandLine.setUsageHelpWidth(Math.clamp(console.terminal().columns(), 60, 100));
        commandLine.setHelpFactory(HelpWithExamples::new);
        commandLine.setParameterExceptionHandler(this::usageError);
        commandLine.setExecutionExceptionHandler(this::failed);
        commandLine.setExitCodeExceptionMapper(exitCodes());
        commandLine.setExecutionStrategy(parsed -> {
            console.files().maxUnpacked(root.maxUnpacked());
            return new CommandLine.RunLast().execute(parsed);
        });
        return commandLine;
    }

    /** What the help says of a command, and how it is made. */
    private record Entry(String summary, Supplier<Command> command) {
        CommandSpec listed() {
            return CommandSpec.create().usageMessage(new UsageMessageSpec().header(summary));
        }
    }

    /** The names of the commands, each with its summary, as picocli lists them. */
    private static String commandList(CommandLine.Help help, Map<String, Entry> commands) {
        int name = 2 + commands.keySet().stream().mapToInt(String::length).max().orElse(0);
        int width = help.commandSpec().usageMessage().width();
        TextTable table = TextTable.forColumns(help.colorScheme(), new Column(name, 2, Column.Overflow.SPAN),
                new Column(width - name, 2, Column.Overflow.WRAP));
        commands.forEach((command, entry) -> table.addRowValues(help.colorScheme().commandText(command),
                help.colorScheme().text(entry.summary)));
        return table.toString();
    }

    /** To add a command: its class, and a line here. */
    private Map<String, Entry> commands() {
        Map<String, Entry> commands = new LinkedHashMap<>();
        commands.put("stats", new Entry(StatsCommand.SUMMARY, () -> new StatsCommand(console)));
        commands.put("compare", new Entry(CompareCommand.SUMMARY, () -> new CompareCommand(console)));
        commands.put("converge", new Entry(ConvergeCommand.SUMMARY, () -> new ConvergeCommand(console)));
        commands.put("check", new Entry(CheckCommand.SUMMARY, () -> new CheckCommand(console)));
        commands.put("inspect", new Entry(InspectCommand.SUMMARY, () -> new InspectCommand(console)));
        commands.put("browse", new Entry(BrowseCommand.SUMMARY, () -> new BrowseCommand(console)));
        commands.put("plan", new Entry(PlanCommand.SUMMARY, () -> new PlanCommand(console)));
        commands.put("recipe", new Entry(RecipeCommand.SUMMARY, () -> new RecipeCommand(console)));
        commands.put("weights", new Entry(WeightsCommand.SUMMARY, () -> new WeightsCommand(console)));
        commands.put("spectrum", new Entry(SpectrumCommand.SUMMARY, () -> new SpectrumCommand(console)));
        commands.put("report", new Entry(ReportCommand.SUMMARY, () -> new ReportCommand(console)));
        commands.put("quantize", new Entry(QuantizeCommand.SUMMARY, () -> new QuantizeCommand(console)));
        commands.put("measure", new Entry(MeasureCommand.SUMMARY, () -> new MeasureCommand(console)));
        commands.put("error", new Entry(ErrorCommand.SUMMARY, () -> new ErrorCommand(console, errorEngine.get())));
        commands.put("verify", new Entry(VerifyCommand.SUMMARY, () -> new VerifyCommand(console)));
        commands.put("merge", new Entry(MergeCommand.SUMMARY, () -> new MergeCommand(console)));
        commands.put("subtract", new Entry(SubtractCommand.SUMMARY, () -> new SubtractCommand(console)));
        commands.put("convert", new Entry(ConvertCommand.SUMMARY, () -> new ConvertCommand(console)));
        commands.put("completion",
                new Entry(CompletionCommand.SUMMARY, () -> new CompletionCommand(console, this::commandLine)));
        return commands;
    }

    private static Path path(String given) {
        if (given.isEmpty()) {
            throw new CommandLine.TypeConversionException("empty file name");
        }
        try {
            return Path.of(given);
        } catch (InvalidPathException e) {
            throw new CommandLine.TypeConversionException(
                    "'" + given + "' is not a valid file name in this locale. Use a UTF-8 locale");
        }
    }

    /** Rows, experts, threads: what options count, of which there must be one at least. */
    private static Integer count(String given) {
        int count;
        try {
            count = Integer.parseInt(given);
        } catch (NumberFormatException e) {
            count = 0;
        }
        if (count < 1) {
            throw new CommandLine.TypeConversionException(
                    "'" + given + "' is not a whole number from 1 to " + Integer.MAX_VALUE);
        }
        return count;
    }

    private static Double number(String given) {
        double number = Decimal.parse(given);
        if (Double.isNaN(number)) {
            throw new CommandLine.TypeConversionException("'" + given + "' is not a number");
        }
        return number;
    }

    private static IExitCodeExceptionMapper exitCodes() {
        return exception -> exception instanceof IOException ? ExitCode.FAILED : ExitCode.BUG;
    }

    private int usageError(ParameterException e, String[] arguments) {
        console.error(UsageMessage.of(e));
        console.err().println(UsageMessage.suggestion(e) + "Try '" + e.getCommandLine().getCommandSpec().qualifiedName()
                + " --help'.");
        return ExitCode.USAGE;
    }

    private int failed(Exception e, CommandLine command, ParseResult parsed) {
        boolean bug = !(e instanceof IOException);
        if (bug) {
            console.error("internal error, please report it: " + e);
        } else {
            console.error(Remedies.message(e));
        }
        if (((ImatrixStatsCommand) command.getCommandSpec().root().userObject()).stackTrace()) {
            e.printStackTrace(console.err());
        }
        return bug ? ExitCode.BUG : ExitCode.FAILED;
    }
}
