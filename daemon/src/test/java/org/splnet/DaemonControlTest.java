package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.splnet.cli.Cli;
import org.splnet.cli.Sysexits;
import org.splnet.config.ClockMode;
import org.splnet.config.ConfiguredRelay;
import org.splnet.config.ControlConfig;
import org.splnet.config.SplnetConfig;
import org.splnet.control.Client;
import org.splnet.kern.Witness;
import org.splnet.relay.ForwardConfig;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Endpoint;

/// The whole daemon, with nothing but its loopback interface, steered through its control socket.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class DaemonControlTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private List<ConfiguredRelay> relays = List.of();
    @TempDir
    private Path dir;

    private Path socket() {
        return dir.resolve("control.sock");
    }

    private Splnetd start(ClockMode clock, String socket) throws StartException {
        SplnetConfig d = SplnetConfig.defaults();
        return Splnetd.start(new SplnetConfig(clock, d.locks(), d.witness(), List.of(), List.of(), List.of(),
                d.net(), d.ip(), d.udp(), d.tcp(), d.services(), relays, new ControlConfig(socket), d.log()),
                new Drivers(List.of()));
    }

    private Splnetd start(ClockMode clock) throws StartException {
        return start(clock, socket().toString());
    }

    private String ask(String line, String body) throws Exception {
        return Client.ask(socket(), Client.request(line, body));
    }

    private int run(String... args) {
        PrintWriter errors = new PrintWriter(err, true);
        return Cli.run(new Installation(errors), new PrintWriter(out, true), errors, args);
    }

    @Test
    void theWitnessIsSwitchedWhileItRuns() throws Exception {
        Witness.Mode before = Witness.mode();
        try (Splnetd daemon = start(ClockMode.SYSTEM)) {
            assertThat(daemon.tcp().connections()).isZero();
            assertThat(run("locks", "--witness", "off", "--reset", "--socket", socket().toString())).isZero();
            assertThat(Witness.mode()).isEqualTo(Witness.Mode.OFF);
            assertThat(out.toString()).contains("witness     off");
            assertThat(run("locks", "--witness", "profile", "--socket", socket().toString())).isZero();
            assertThat(Witness.mode()).isEqualTo(Witness.Mode.PROFILE);
            daemon.tcp().listen(Endpoint.parse("127.0.0.1:9"), 1, SocketOptions.DEFAULTS).close();
            assertThat(run("locks", "--all", "--socket", socket().toString())).isZero();
            assertThat(out.toString()).contains("Place").contains("PortTable.reserve(PortTable.java:");
            for (String wrong : List.of("loud", "throw")) {
                assertThat(run("locks", "--witness", wrong, "--socket", socket().toString()))
                        .isEqualTo(Sysexits.USAGE);
            }
            assertThat(err.toString()).contains("must be one of off, contested, profile, order");
            assertThat(Witness.mode()).isEqualTo(Witness.Mode.PROFILE);
        } finally {
            Witness.mode(before);
        }
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void everyViewShowsIt() throws Exception {
        try (Splnetd daemon = start(ClockMode.SYSTEM)) {
            daemon.tcp().listen(Endpoint.parse("127.0.0.1:99"), 1, SocketOptions.DEFAULTS);
            for (String view : List.of("status", "interfaces", "sockets", "routes", "neighbors", "relays",
                    "stats", "locks")) {
                assertThat(run(view, "--socket", socket().toString())).as(err.toString()).isZero();
            }
            assertThat(out.toString()).contains("LISTEN", "127.0.0.1:99", "loopback", "127.0.0.1/8");
        }
    }

    @Test
    void timePassesOnRequestAndTheStackReturnsToItsFirstMoment() throws Exception {
        try (Splnetd daemon = start(ClockMode.MANUAL)) {
            daemon.tcp().listen(Endpoint.parse("127.0.0.1:99"), 1, SocketOptions.DEFAULTS);
            daemon.tcp().connect(null, Endpoint.parse("127.0.0.1:99"), SocketOptions.DEFAULTS);
            assertThat(ask("POST /v1/clock", "{\"advance-ns\":86400000000000}"))
                    .startsWith("HTTP/1.1 200 ").contains("fired", "now-ns");
            assertThat(daemon.tcp().stats().count(Counter.SEGMENTS_IN)).isPositive();
            assertThat(ask("POST /v1/reset", null)).startsWith("HTTP/1.1 204 ");
            assertThat(daemon.tcp().stats().count(Counter.SEGMENTS_IN)).isZero();
            assertThat(daemon.tcp().connections()).isZero();
        }
    }

    @Test
    void theSystemsClockGoesByItself() throws Exception {
        try (Splnetd daemon = start(ClockMode.SYSTEM)) {
            assertThat(daemon.nextDueNs()).isNotZero();
            assertThat(ask("GET /v1/clock", null)).startsWith("HTTP/1.1 409 ")
                    .contains("clock = \\\"manual\\\"");
        }
    }

    @Test
    void aSocketThatIsTakenKeepsTheDaemonFromStartingWhereItWasNamed() throws Exception {
        try (Splnetd first = start(ClockMode.SYSTEM)) {
            StartException refused = catchThrowableOfType(StartException.class,
                    () -> start(ClockMode.SYSTEM).close());
            assertThat(refused).hasMessageContaining(socket() + ": somebody is listening there");
            assertThat(refused.exitCode()).isEqualTo(Sysexits.UNAVAILABLE);
            assertThat(ask("GET /v1/status", null)).startsWith("HTTP/1.1 200 ");
            assertThat(first.nextDueNs()).isNotZero();
        }
        assertThat(new ControlConfig(socket().toString()).required()).isTrue();
        assertThat(ControlConfig.DEFAULTS.required()).isFalse();
        assertThat(ControlConfig.DEFAULTS.enabled()).isTrue();
    }

    @Test
    void relaysComeAndGoWhileItRuns() throws Exception {
        try (Splnetd daemon = start(ClockMode.SYSTEM)) {
            String web = "unix://" + dir.resolve("web.sock");
            assertThat(run("forward", web, "tcp://127.0.0.1:80", "--max-connections", "3", "--socket",
                    socket().toString())).as(err.toString()).isZero();
            assertThat(run("publish", "tcp://127.0.0.1:443", web, "--proxy-protocol", "--socket",
                    socket().toString())).as(err.toString()).isZero();
            assertThat(out.toString()).contains("relay 1: " + web + " leads to tcp://127.0.0.1:80",
                    "relay 2: tcp://127.0.0.1:443 leads to " + web);
            assertThat(daemon.relays().list()).hasSize(2);
            Path secret = Files.writeString(dir.resolve("secret"), "open sesame\n");
            assertThat(run("socks", "tcp://127.0.0.1:0", "--user", "ann", "--password-file",
                    secret.toString(), "--socket", socket().toString())).as(err.toString()).isZero();
            assertThat(run("publish", "udp://127.0.0.1:53", "udp://127.0.0.1:5353", "--flow-timeout", "2m",
                    "--socket", socket().toString())).as(err.toString()).isZero();
            assertThat(out.toString()).contains("leads to wherever the client asks",
                    "relay 4: udp://127.0.0.1:53 leads to udp://127.0.0.1:5353");
            Files.delete(secret);
            assertThat(run("socks", "tcp://127.0.0.1:0", "--user", "ann", "--password-file",
                    secret.toString(), "--socket", socket().toString())).isEqualTo(Sysexits.USAGE);
            assertThat(err.toString()).contains("--password-file: cannot read " + secret);
            for (String more : List.of("3", "4")) {
                assertThat(run("relays", "--remove", more, "--socket", socket().toString())).isZero();
            }
            assertThat(run("publish", "tcp://127.0.0.1:443", web, "--socket", socket().toString()))
                    .isEqualTo(Sysexits.UNAVAILABLE);
            assertThat(err.toString()).contains("address already in use");
            assertThat(run("forward", "tcp://127.0.0.1:1", "tcp://127.0.0.1:80", "--idle-timeout", "9",
                    "--socket", socket().toString())).isEqualTo(Sysexits.USAGE);
            assertThat(err.toString()).contains("forward.idle-timeout: \"9\": must be a duration");
            assertThat(run("relays", "--remove", "2", "--socket", socket().toString())).isZero();
            assertThat(out.toString()).contains("forward", "Leads to").contains(web + "  ");
            assertThat(run("relays", "--remove", "2", "--socket", socket().toString()))
                    .isEqualTo(Sysexits.UNAVAILABLE);
            assertThat(daemon.relays().list()).singleElement().satisfies(each ->
                    assertThat(each.id()).isEqualTo(1));
        }
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void aRelayThatCannotListenKeepsItFromStartingAndSaysWhere() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ForwardConfig forward = new ForwardConfig("tcp://127.0.0.1:" + taken.getLocalPort(),
                    "tcp://10.88.0.1:80", 1, 1_000_000_000L, 1_000_000_000L, 1_000_000_000L);
            relays = List.of(new ConfiguredRelay(forward, "splnet.toml:7: forward.listen"));
            StartException refused = catchThrowableOfType(StartException.class,
                    () -> start(ClockMode.SYSTEM).close());
            assertThat(refused).hasMessageStartingWith("splnet.toml:7: forward.listen: tcp://127.0.0.1:"
                    + taken.getLocalPort() + ": address already in use: ");
            assertThat(refused.exitCode()).isEqualTo(Sysexits.UNAVAILABLE);
        }
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void withoutASocketThereIsNone() throws Exception {
        try (Splnetd daemon = start(ClockMode.SYSTEM, "")) {
            assertThat(daemon.nextDueNs()).isNotZero();
        }
        assertThat(dir).isEmptyDirectory();
    }
}
