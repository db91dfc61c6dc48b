package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.splnet.cli.Cli;
import org.splnet.cli.Sysexits;
import org.splnet.config.ClockMode;
import org.splnet.config.ControlConfig;
import org.splnet.config.SplnetConfig;
import org.splnet.control.Client;
import org.splnet.kern.Witness;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Endpoint;

/// The whole daemon, with nothing but its loopback interface, steered through its control socket.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class DaemonControlTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    @TempDir
    private Path dir;

    private Path socket() {
        return dir.resolve("control.sock");
    }

    private Splnetd start(ClockMode clock, String socket) throws StartException {
        SplnetConfig d = SplnetConfig.defaults();
        return Splnetd.start(new SplnetConfig(clock, d.locks(), d.witness(), List.of(), List.of(), List.of(),
                d.net(), d.ip(), d.udp(), d.tcp(), d.services(), new ControlConfig(socket), d.log()),
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
            for (String view : List.of("status", "interfaces", "sockets", "routes", "neighbors", "stats",
                    "locks")) {
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
            assertThat(refused).hasMessageContaining(socket() + ": another daemon is listening there");
            assertThat(refused.exitCode()).isEqualTo(Sysexits.UNAVAILABLE);
            assertThat(ask("GET /v1/status", null)).startsWith("HTTP/1.1 200 ");
            assertThat(first.nextDueNs()).isNotZero();
        }
        assertThat(new ControlConfig(socket().toString()).required()).isTrue();
        assertThat(ControlConfig.DEFAULTS.required()).isFalse();
        assertThat(ControlConfig.DEFAULTS.enabled()).isTrue();
    }

    @Test
    void withoutASocketThereIsNone() throws Exception {
        try (Splnetd daemon = start(ClockMode.SYSTEM, "")) {
            assertThat(daemon.nextDueNs()).isNotZero();
        }
        assertThat(dir).isEmptyDirectory();
    }
}
