package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.imatrixstats.app.option.ByteSize;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.InputFiles;

import picocli.CommandLine.ParameterException;
import picocli.CommandLine;

/** The command by its name alone, which understands the options of {@code llama-imatrix --show-statistics}. */
public final class ImatrixStatsCommand extends Command {
    private final Supplier<Boolean> stackTrace = inheritedFlag(Batch.STACK_TRACE,
            "show the stack trace of an error");
    private final Supplier<ByteSize> maxUnpacked = inheritedOption("--max-unpacked", "SIZE", ByteSize.class,
            new ByteSize.Converter(),
            "size limit of a compressed file once unpacked, and of standard input (default: 16GiB)");
    private final LlamaImatrixOptions llamaImatrix;
    private final Console console;

    /** @param subcommandGiven whether there is a subcommand, so that the options of llama-imatrix are not needed */
    public ImatrixStatsCommand(Console console, boolean subcommandGiven) {
        this.console = console;
        this.llamaImatrix = subcommandGiven ? null : include(new LlamaImatrixOptions());
        help().customSynopsis("imatrix-stats COMMAND [options]",
                "       imatrix-stats --in-file FILE --show-statistics [options of stats]") //
                .header("Statistics of importance matrices (imatrix) of llama.cpp and ik_llama.cpp: which tensors, layers and experts a calibration text exercised and how strongly.") //
                .commandListHeading("%nCommands:%n") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats stats imatrix.gguf",
                        "  imatrix-stats stats imatrix.dat --level layer --format csv -o layers.csv",
                        "  imatrix-stats check imatrix.gguf --model model.gguf        before quantizing",
                        "  imatrix-stats --in-file imatrix.gguf --show-statistics     (as with llama-imatrix)", "",
                        "Exit codes: 0 success; 1 a file could not be read, written or parsed; 2 usage error; 3 check found errors; 70 internal error.");
    }

    /** The options but for those of stats, which has its own help. */
    public String optionList(CommandLine.Help help) {
        return help.optionListExcludingGroups(help.commandSpec().options().stream()
                .filter(option -> !llamaImatrix.options.contains(option)).toList());
    }

    public boolean stackTrace() {
        return stackTrace.get();
    }

    /** Bytes that a compressed file may hold. */
    public long maxUnpacked() {
        return maxUnpacked.get() == null ? InputFiles.DEFAULT_MAX_UNPACKED : maxUnpacked.get().bytes();
    }

    /** The command that does what llama-imatrix does with these options. */
    private String instead(Path output) {
        List<Path> inputs = llamaImatrix.inFiles.get();
        String dat = llamaImatrix.outputFormat.get() == null ? "" : " --to " + llamaImatrix.outputFormat.get();
        return "llama-imatrix --in-file ... -o is " + (inputs.size() > 1 ? "merge" : "convert")
                + " here: imatrix-stats "
                + (inputs.size() > 1 ? "merge " : "convert ")
                + (inputs.isEmpty() ? "FILE" : inputs.stream().map(Path::toString).collect(Collectors.joining(" ")))
                + " -o " + (output == null ? "FILE" : output) + dat;
    }

    @Override
    public Integer call() throws IOException {
        boolean inFiles = !llamaImatrix.inFiles.get().isEmpty();
        Path output = commandLine().getParseResult().matchedOptionValue("--output", null);
        boolean writes = output != null && inFiles && !llamaImatrix.showStatistics.get();
        if (writes || llamaImatrix.outputFormat.get() != null) {
            throw new ParameterException(commandLine(), instead(output));
        }
        if (!llamaImatrix.showStatistics.get()) {
            throw new ParameterException(commandLine(),
                    inFiles ? "--in-file needs --show-statistics" : "missing command");
        }
        if (!inFiles) {
            throw new ParameterException(commandLine(), "--show-statistics needs --in-file FILE");
        }
        return llamaImatrix.options.show(llamaImatrix.inFiles.get(), console, commandLine());
    }
}
