package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `splnet publish`, `splnet forward` and `splnet socks`: one more relay for a running daemon, until it ends.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        exitCodeOnInvalidInput = Sysexits.USAGE)
abstract class RelayCommand implements Callable<Integer> {
    private final String kind;
    private final Host host;

    @Option(names = "--max-connections", paramLabel = "N",
            description = "Connections, or flows of UDP, at once; more are reset, or dropped"
                    + " (default: 1024).")
    private Integer maxConnections;

    @Option(names = "--connect-timeout", paramLabel = "TIME",
            description = "How long the other side is tried to be connected to (default: 10s).")
    private String connectTimeout;

    @Option(names = "--idle-timeout", paramLabel = "TIME",
            description = "A connection on which nothing moves for so long is reset (default: 1h).")
    private String idleTimeout;

    @Option(names = "--json", description = "The daemon's answer as it is.")
    private boolean json;

    @Mixin
    private ControlSource source;

    @Spec
    private CommandSpec spec;

    RelayCommand(String kind, Host host) {
        this.kind = kind;
        this.host = host;
    }

    /// Says what this kind has, by the keys of the configuration.
    abstract void describe(ObjectNode relay) throws Failure;

    @Override
    public final Integer call() throws Failure {
        ObjectNode asked = JsonNodeFactory.instance.objectNode();
        ObjectNode relay = asked.putObject(kind);
        describe(relay);
        if (maxConnections != null) {
            relay.put("max-connections", maxConnections);
        }
        if (connectTimeout != null) {
            relay.put("connect-timeout", connectTimeout);
        }
        if (idleTimeout != null) {
            relay.put("idle-timeout", idleTimeout);
        }
        JsonNode answer = source.control(host).ask("POST", "relays", asked.toString());
        String to = answer.path("to").asText();
        spec.commandLine().getOut().print(json ? answer.toPrettyString() + "\n"
                : "relay " + answer.path("id").asInt() + ": " + answer.path("listen").asText() + " leads to "
                        + (to.isEmpty() ? "wherever the client asks" : to) + "\n");
        spec.commandLine().getOut().flush();
        return Sysexits.OK;
    }
}
