package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `splnet sockets`, with the letters of `ss`.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        exitCodeOnInvalidInput = Sysexits.USAGE)
final class SocketsCommand extends ShowCommand {
    @Option(names = {"-t", "--tcp"}, description = "TCP only; with -u both, and no ICMP.")
    private boolean tcp;

    @Option(names = {"-u", "--udp"}, description = "UDP only; with -t both, and no ICMP.")
    private boolean udp;

    @Option(names = {"-l", "--listening"},
            description = "Listeners only, and datagram sockets without a peer.")
    private boolean listening;

    @Option(names = {"-n", "--numeric"}, description = "As always: names are never looked up.")
    private boolean numeric;

    @Option(names = {"-p", "--processes"}, description = "Whose they are, as far as the daemon tells.")
    private boolean processes;

    @Option(names = {"-i", "--info"}, description = "What TCP thinks of each connection.")
    private boolean info;

    @Option(names = {"-s", "--summary"}, description = "How many there are of each protocol and state.")
    private boolean summary;

    SocketsCommand(Host host) {
        super(View.SOCKETS, host);
    }

    @Override
    JsonNode chosen(JsonNode read) {
        ArrayNode chosen = JsonNodeFactory.instance.arrayNode();
        for (JsonNode each : read) {
            String protocol = each.path("protocol").asText();
            boolean waits = protocol.equals("tcp") ? each.path("state").asText().equals("LISTEN")
                    : each.path("remote").asText().equals("*");
            boolean wanted = !tcp && !udp || tcp && protocol.equals("tcp") || udp && protocol.equals("udp");
            if (wanted && (!listening || waits)) {
                chosen.add(each);
            }
        }
        return chosen;
    }

    @Override
    String text(JsonNode read, boolean everything) {
        return summary ? SocketTables.summary(read) : SocketTables.list(read, processes, info);
    }
}
