package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `splnet ping`: echo requests through the stack, one call each.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        exitCodeOnInvalidInput = Sysexits.USAGE,
        header = {"Sends echo requests through the stack.", ""},
        description = {"", "Exit code 1 if nothing was answered.", ""},
        footer = {"", "Examples:", "  splnet ping 10.88.0.1", "  splnet ping -c 3 -s 1400 10.88.0.1"})
final class PingCommand implements Callable<Integer> {
    private static final int NOTHING_ANSWERED = 1;
    private static final double MS = 1e6;

    private final Host host;

    @Parameters(paramLabel = "ADDRESS", description = "The IPv4 address to ping.")
    private String address;

    @Option(names = "-c", paramLabel = "COUNT", defaultValue = "4",
            description = "How many (default: ${DEFAULT-VALUE}); 0 for no end.")
    private int count;

    @Option(names = "-s", paramLabel = "OCTETS", defaultValue = "56",
            description = "How much data (default: ${DEFAULT-VALUE}).")
    private int octets;

    @Option(names = "-i", paramLabel = "SECONDS", defaultValue = "1",
            description = "How far apart (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "-W", paramLabel = "SECONDS", defaultValue = "1",
            description = "How long to wait for each answer, at most 5 (default: ${DEFAULT-VALUE}).")
    private double patience;

    @Option(names = "--json", description = "The daemon's JSON, an answer a line.")
    private boolean json;

    @Mixin
    private ControlSource source;

    @Spec
    private CommandSpec spec;

    private int sent;
    private int answered;
    private double least = Double.MAX_VALUE;
    private double most;
    private double sum;

    PingCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws Failure {
        if (count < 0 || !(seconds >= 0.01) || !(patience >= 0) || patience > 5) {
            throw new ParameterException(spec.commandLine(), "-c must be 0 or more, -i 0.01 or more,"
                    + " -W in 0..5");
        }
        ControlClient control = source.control(host);
        String body = JsonNodeFactory.instance.objectNode().put("address", address).put("octets", octets)
                .put("timeout-ms", Math.round(patience * 1000)).toString();
        try (var _ = host.lastWords()) {
            try {
                do {
                    ping(control, body);
                } while (sent != count && !spec.commandLine().getOut().checkError()
                        && host.pause(Duration.ofNanos((long) (seconds * 1e9))));
            } finally {
                summary();
            }
        }
        return answered > 0 ? Sysexits.OK : NOTHING_ANSWERED;
    }

    private void ping(ControlClient control, String body) throws Failure {
        JsonNode answer = control.ask("POST", "ping", body);
        sent++;
        double ms = answer.path("rttNs").asDouble() / MS;
        PrintWriter out = spec.commandLine().getOut();
        String outcome = answer.path("outcome").asText();
        if (outcome.equals("reply")) {
            answered++;
            least = Math.min(least, ms);
            most = Math.max(most, ms);
            sum += ms;
        }
        if (json) {
            out.println(answer);
        } else if (outcome.equals("reply")) {
            out.printf(Locale.ROOT, "%d: %d octets from %s, ttl %d, %.3f ms%n", sent,
                    answer.path("octets").asInt(), answer.path("from").asText(), answer.path("ttl").asInt(),
                    ms);
        } else {
            String from = answer.path("from").asText("");
            out.println(sent + ": " + outcome + (from.isEmpty() ? "" : ", says " + from));
        }
        out.flush();
    }

    /// Also if a signal has put an end to it, or the daemon; of what is under way then nothing is known.
    private void summary() {
        if (!json && sent > 0) {
            spec.commandLine().getOut().printf(Locale.ROOT, "%d sent, %d answered, %d lost%s%n", sent,
                    answered, sent - answered, answered == 0 ? "" : String.format(Locale.ROOT,
                            ", %.3f/%.3f/%.3f ms (least/mean/most)", least, sum / answered, most));
        }
        spec.commandLine().getOut().flush();
    }
}
