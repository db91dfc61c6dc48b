package org.splnet.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `splnet locks`: a view with something to steer.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        exitCodeOnInvalidInput = Sysexits.USAGE)
final class LocksCommand extends ShowCommand {
    @Option(names = "--witness", paramLabel = "MODE",
            description = "First switches the daemon's witness: off, contested, profile or order.")
    private String witness;

    @Option(names = "--reset", description = "First forgets what was counted.")
    private boolean reset;

    LocksCommand(Host host) {
        super(View.LOCKS, host);
    }

    @Override
    void before() throws Failure {
        if (witness != null) {
            source().control(host()).ask("PUT", "locks",
                    JsonNodeFactory.instance.objectNode().put("witness", witness).toString());
        }
        if (reset) {
            source().control(host()).ask("DELETE", "locks", null);
        }
    }
}
