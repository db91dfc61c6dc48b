package org.splnet.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `splnet publish`.
@Command(header = {"Has a port of the running stack served by the host, until the daemon ends.", ""},
        footer = {"", "Examples:",
            "  splnet publish tcp://10.88.0.2:443 tcp://127.0.0.1:8443",
            "  splnet publish udp://10.88.0.2:53 udp://127.0.0.1:5353",
            "  splnet publish tcp://0.0.0.0:80 unix:///run/web.sock --proxy-protocol",
            "  splnet relays --remove 1"})
final class PublishCommand extends RelayCommand {
    @Parameters(index = "0", paramLabel = "LISTEN",
            description = "The port of the stack: tcp://ADDRESS:PORT or udp://ADDRESS:PORT.")
    private String listen;

    @Parameters(index = "1", paramLabel = "TO",
            description = "Who serves it on the host: tcp://ADDRESS:PORT, unix:///PATH or"
                    + " udp://ADDRESS:PORT.")
    private String to;

    @Option(names = "--proxy-protocol",
            description = "Tell him who the client is: PROXY protocol, version 2.")
    private boolean proxyProtocol;

    @Option(names = "--flow-timeout", paramLabel = "TIME",
            description = "A flow of UDP on which nothing moves for so long is forgotten (default: 1m).")
    private String flowTimeout;

    PublishCommand(Host host) {
        super("publish", host);
    }

    @Override
    void describe(ObjectNode relay) {
        relay.put("listen", listen).put("to", to).put("proxy-protocol", proxyProtocol);
        if (flowTimeout != null) {
            relay.put("flow-timeout", flowTimeout);
        }
    }
}
