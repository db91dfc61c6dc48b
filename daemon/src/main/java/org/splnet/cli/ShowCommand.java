package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `splnet status`, `splnet sockets` and the like: one view of a running stack.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        exitCodeOnInvalidInput = Sysexits.USAGE)
class ShowCommand implements Callable<Integer> {
    private final View view;
    private final Host host;

    @Option(names = "--json", description = "The daemon's JSON as it is.")
    private boolean json;

    @Mixin
    private Source source;

    @Option(names = {"-a", "--all"}, description = "Counters that are zero, too.")
    private boolean all;

    @Spec
    private CommandSpec spec;

    ShowCommand(View view, Host host) {
        this.view = view;
        this.host = host;
    }

    @Override
    public Integer call() throws Failure {
        show("");
        return Sysexits.OK;
    }

    /// Reads and shows the view.
    ///
    /// @param before what goes in front of it
    final void show(String before) throws Failure {
        JsonNode read = source.read(view.label(), host);
        commandLine().getOut().print(before + (json ? read.toPrettyString() + "\n" : view.text(read, all)));
        commandLine().getOut().flush();
    }

    final Source source() {
        return source;
    }

    final Host host() {
        return host;
    }

    final CommandLine commandLine() {
        return spec.commandLine();
    }
}
