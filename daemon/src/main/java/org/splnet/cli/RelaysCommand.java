package org.splnet.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `splnet relays`: shows them, and can end one.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        exitCodeOnInvalidInput = Sysexits.USAGE)
final class RelaysCommand extends ShowCommand {
    @Option(names = "--remove", paramLabel = "NUMBER",
            description = "First ends the one of this number and resets its connections.")
    private Integer remove;

    RelaysCommand(Host host) {
        super(View.RELAYS, host);
    }

    @Override
    void before() throws Failure {
        if (remove != null) {
            source().control(host()).ask("DELETE", "relays/" + remove, null);
        }
    }
}
