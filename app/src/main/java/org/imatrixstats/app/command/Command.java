package org.imatrixstats.app.command;

import java.util.concurrent.Callable;

import org.imatrixstats.app.option.Options;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine;

/** A command: its options are its fields, its exit code is the result of {@link #call()}. */
public abstract class Command extends Options implements Callable<Integer> {
    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

    Command() {
    }

    /** The texts of its help. */
    final UsageMessageSpec help() {
        return spec.usageMessage().sortOptions(false).parameterListHeading("%n").optionListHeading("%nOptions:%n");
    }

    /** What picocli knows of the command. */
    public final CommandSpec spec() {
        addTo(spec);
        spec.addOption(flagSpec("-h --help", "show this help").usageHelp(true).build());
        spec.addOption(flagSpec("-V --version", "show the version").versionHelp(true).build());
        return spec.versionProvider(new VersionProvider());
    }

    /** The parser that the command belongs to, for error messages. */
    final CommandLine commandLine() {
        return spec.commandLine();
    }
}
