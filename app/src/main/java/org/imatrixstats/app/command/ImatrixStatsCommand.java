package org.imatrixstats.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.imatrixstats.app.option.ByteSize;
import org.imatrixstats.app.terminal.Console;
import org.imatrixstats.app.terminal.InputFiles;

import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine;

/** The command by its name alone, which understands the options of {@code llama-imatrix --show-statistics}. */
public final class ImatrixStatsCommand extends Command {
    /** What is asked of it, which says what options it needs. */
    public enum Use {
        /** Its own options, those of llama-imatrix and those of stats. */
        REPORT,
        /** A help, which does not list the options of stats. */
        HELP,
        /** Only what all subcommands have. */
        SUBCOMMAND
    }

    private final Supplier<Boolean> stackTrace = inheritedFlag(Batch.STACK_TRACE,
            "show the stack trace of an error");
    private final Supplier<ByteSize> maxUnpacked = inheritedOption("--max-unpacked", "SIZE", ByteSize.class,
            new ByteSize.Converter(),
            "size limit of a compressed file once unpacked, and of standard input (default: 16GiB)");
    private final LlamaImatrixOptions llamaImatrix;
    private final Console console;

    public ImatrixStatsCommand(Console console, Use use) {
        this.console = console;
        this.llamaImatrix = use == Use.SUBCOMMAND ? null : include(new LlamaImatrixOptions(use == Use.HELP));
        help().customSynopsis("imatrix-stats COMMAND [options]",
                "       imatrix-stats --in-file FILE --show-statistics [options of stats]") //
                .header("Importance matrices (imatrix), quantization and models of llama.cpp and ik_llama.cpp: what a calibration text exercised, what each type costs each tensor, and recipes for llama-quantize.") //
                .commandListHeading("%nCommands:%n") //
                .footerHeading("%nExamples:%n") //
                .footer("  imatrix-stats stats imatrix.gguf",
                        "  imatrix-stats stats imatrix.dat --level layer --format csv -o layers.csv",
                        "  imatrix-stats check imatrix.gguf --model model.gguf        before quantizing",
                        "  imatrix-stats --in-file imatrix.gguf --show-statistics     (as with llama-imatrix)", "",
                        "Exit codes: 0 success; 1 a file could not be read, written or parsed; 2 usage error; 3 check, verify or inspect found something wrong; 70 internal error.");
    }

    /** The options but for those of stats, which has its own help. */
    public String optionList(CommandLine.Help help) {
        List<OptionSpec> listed = new ArrayList<>(help.commandSpec().options());
        if (llamaImatrix.options != null) {
            listed.removeIf(llamaImatrix.options::contains);
        }
        return help.optionListExcludingGroups(listed);
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
