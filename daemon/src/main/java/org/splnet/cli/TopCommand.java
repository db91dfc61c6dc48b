package org.splnet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `splnet top`.
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        exitCodeOnInvalidInput = Sysexits.USAGE,
        header = {"Shows rates: interfaces, connections, retransmissions, the busiest sockets.", ""},
        footer = {"", "Examples:", "  splnet top", "  splnet top -d 5 -n 30"})
final class TopCommand implements Callable<Integer> {
    private final Host host;

    @Option(names = {"-d", "--delay"}, paramLabel = "SECONDS", defaultValue = "2",
            description = "How often (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "-n", paramLabel = "SOCKETS", defaultValue = "15",
            description = "How many sockets (default: ${DEFAULT-VALUE}).")
    private int sockets;

    @Mixin
    private Source source;

    @Spec
    private CommandSpec spec;

    TopCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws Failure {
        if (seconds < 1 || sockets < 0) {
            throw new ParameterException(spec.commandLine(), "-d must be 1 or more, -n 0 or more");
        }
        Rates before = read();
        while (!spec.commandLine().getOut().checkError() && host.pause(Duration.ofSeconds(seconds))) {
            Rates now = read();
            spec.commandLine().getOut().print((host.terminal() ? ShowCommand.CLEAR : "\n")
                    + now.since(before, sockets));
            spec.commandLine().getOut().flush();
            before = now;
        }
        return Sysexits.OK;
    }

    private Rates read() throws Failure {
        JsonNode status = source.read("status", host);
        return new Rates(status.path("uptimeSeconds").asDouble(), source.read("interfaces", host),
                source.read("stats", host), source.read("sockets", host));
    }
}
