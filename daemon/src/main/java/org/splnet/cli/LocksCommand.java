package org.splnet.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// `splnet locks`: the one view with something to steer.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        exitCodeOnInvalidInput = Sysexits.USAGE)
final class LocksCommand extends ShowCommand {
    private static final String CLEAR = "\033[H\033[2J";

    @Option(names = "--watch", arity = "0..1", fallbackValue = "2", paramLabel = "SECONDS",
            description = "Shows it again every so often (default: ${FALLBACK-VALUE}), until Ctrl-C.")
    private Integer seconds;

    @Option(names = "--witness", paramLabel = "MODE",
            description = "First switches the daemon's witness: off, contested, profile or order.")
    private String witness;

    @Option(names = "--reset", description = "First forgets what was counted.")
    private boolean reset;

    LocksCommand(Host host) {
        super(View.LOCKS, host);
    }

    @Override
    public Integer call() throws Failure {
        if (seconds != null && seconds < 1) {
            throw new ParameterException(commandLine(), "--watch: " + seconds + ": must be 1 or more");
        }
        if (witness != null) {
            source().control(host()).ask("PUT", "locks",
                    JsonNodeFactory.instance.objectNode().put("witness", witness).toString());
        }
        if (reset) {
            source().control(host()).ask("DELETE", "locks", null);
        }
        show("");
        while (seconds != null && host().pause(Duration.ofSeconds(seconds))) {
            show(host().terminal() ? CLEAR : "\n");
        }
        return Sysexits.OK;
    }
}
