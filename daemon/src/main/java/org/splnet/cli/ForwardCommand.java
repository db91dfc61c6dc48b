package org.splnet.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `splnet forward`.
@Command(
        header = {"Has a port or Unix socket of the host lead into the running stack, until the daemon ends.",
            ""},
        footer = {"", "Examples:",
            "  splnet forward tcp://127.0.0.1:8080 tcp://10.88.0.1:80",
            "  splnet forward udp://127.0.0.1:5353 udp://10.88.0.1:53",
            "  splnet forward unix:///run/splnet/web.sock tcp://10.88.0.1:80",
            "  splnet relays --remove 1"})
final class ForwardCommand extends RelayCommand {
    @Parameters(index = "0", paramLabel = "LISTEN",
            description = "Where the host listens: tcp://ADDRESS:PORT, unix:///PATH or udp://ADDRESS:PORT.")
    private String listen;

    @Parameters(index = "1", paramLabel = "TO",
            description = "Where the stack connects to: tcp://ADDRESS:PORT or udp://ADDRESS:PORT.")
    private String to;

    @Option(names = "--flow-timeout", paramLabel = "TIME",
            description = "A flow of UDP on which nothing moves for so long is forgotten (default: 1m).")
    private String flowTimeout;

    ForwardCommand(Host host) {
        super("forward", host);
    }

    @Override
    void describe(ObjectNode relay) {
        relay.put("listen", listen).put("to", to);
        if (flowTimeout != null) {
            relay.put("flow-timeout", flowTimeout);
        }
    }
}
