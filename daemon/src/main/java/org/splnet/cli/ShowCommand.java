package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `splnet status`, `splnet interfaces` and the like: one view of a running stack.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        exitCodeOnInvalidInput = Sysexits.USAGE)
class ShowCommand implements Callable<Integer> {
    /// Puts a terminal's cursor to its top and empties it.
    static final String CLEAR = "\033[H\033[2J";

    private final View view;
    private final Host host;

    @Option(names = "--json", description = "The daemon's JSON as it is.")
    private boolean json;

    @Option(names = "--watch", arity = "0..1", fallbackValue = "2", paramLabel = "SECONDS",
            description = "Shows it again every so often (default: ${FALLBACK-VALUE}), until Ctrl-C.")
    private Integer seconds;

    @Mixin
    private Source source;

    @Option(names = {"-a", "--all"}, description = "Leaves nothing out: counters that are zero,"
            + " places in the code beyond the first twenty.")
    private boolean all;

    @Spec
    private CommandSpec spec;

    ShowCommand(View view, Host host) {
        this.view = view;
        this.host = host;
    }

    @Override
    public Integer call() throws Failure {
        if (seconds != null && seconds < 1) {
            throw new ParameterException(commandLine(), "--watch: " + seconds + ": must be 1 or more");
        }
        before();
        show("");
        while (seconds != null && !commandLine().getOut().checkError()
                && host.pause(Duration.ofSeconds(seconds))) {
            show(host.terminal() ? CLEAR : "\n");
        }
        return Sysexits.OK;
    }

    /// What is done once, before anything is shown.
    void before() throws Failure {
        // nothing
    }

    /// What is shown of what was read.
    JsonNode chosen(JsonNode read) {
        return read;
    }

    /// The view as text.
    ///
    /// @param everything with counters that are zero
    String text(JsonNode read, boolean everything) {
        return view.text(read, everything);
    }

    /// @param prefix what goes in front of it
    private void show(String prefix) throws Failure {
        JsonNode read = chosen(source.read(view.label(), host));
        commandLine().getOut().print(prefix + (json ? read.toPrettyString() + "\n" : text(read, all)));
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
