package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.cli.Cli;
import org.splnet.cli.LogSetup;
import org.splnet.cli.Sysexits;
import org.splnet.config.ConfigReader;
import org.splnet.config.LogLevel;
import org.splnet.control.Refusal;
import org.splnet.control.Steering.Reloaded;
import org.splnet.service.status.AddressStatus;
import org.splnet.service.status.LeaseStatus;
import org.splnet.service.status.RelayStatus;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.wire.Endpoint;

/// A running daemon whose file changes.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class ReloadTest extends ReloadBed {
    private static final long PATIENCE_NS = 20_000_000_000L;

    private StreamSocket connect(int port) throws Exception {
        StreamSocket socket = daemon.tcp().connect(null, Endpoint.parse("127.0.0.1:" + port),
                SocketOptions.DEFAULTS);
        socket.await(Readiness.WRITABLE | Readiness.ERROR, PATIENCE_NS);
        return socket;
    }

    private void echoes(StreamSocket socket, String text) throws Exception {
        ByteBuf out = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
        assertThat(socket.send(out)).isEqualTo(text.length());
        out.release();
        socket.await(Readiness.READABLE, PATIENCE_NS);
        ByteBuf in = socket.receive(text.length());
        assertThat(in.toString(StandardCharsets.US_ASCII)).isEqualTo(text);
        in.release();
    }

    private boolean refused(int port) throws Exception {
        StreamSocket socket = connect(port);
        boolean refused = (socket.ready() & Readiness.ERROR) != 0;
        socket.abort();
        socket.close();
        return refused;
    }

    @Test
    void aServiceThatMovesKeepsItsConnections() throws Exception {
        StreamSocket open = connect(7);
        echoes(open, "before");
        Reloaded outcome = reload(INTERFACE + "[services.echo]\nport = 7007\n");
        assertThat(outcome.restart()).isEmpty();
        assertThat(outcome.failed()).isEmpty();
        assertThat(outcome.changed()).contains("services.echo.port: 7, now 7007",
                "services.status.enabled: true, now false");
        echoes(open, "after");
        StreamSocket there = connect(7007);
        echoes(there, "new");
        assertThat(refused(7)).isTrue();
        assertThat(refused(80)).isTrue();
        assertThat(reload(INTERFACE + "[services.echo]\nport = 7\n").changed()).hasSize(1);
        echoes(there, "again");
        echoes(open, "again");
        StreamSocket back = connect(7);
        echoes(back, "back");
        for (StreamSocket each : List.of(open, there, back)) {
            each.close();
        }
    }

    @Test
    void boundsOfAServiceChangeInPlace() throws Exception {
        StreamSocket open = connect(7);
        echoes(open, "one");
        reload(INTERFACE + "[services]\necho = { max-connections = 1 }\n");
        StreamSocket second = connect(7);
        second.await(Readiness.ERROR, PATIENCE_NS);
        assertThat(catchThrowableOfType(SocketException.class, () -> second.receive(1))).isNotNull();
        second.close();
        reload(INTERFACE + "[services]\necho = { max-connections = 2 }\n");
        StreamSocket third = connect(7);
        echoes(third, "two");
        third.close();
        open.close();
    }

    private String dhcp(String more) {
        return INTERFACE + "[interface.dhcp]\nstate-dir = \"" + dir.resolve("leases") + "\"\n" + more;
    }

    /// Waits for a DHCP message that goes out with these octets in it.
    private void asks(String octets) {
        String wanted = HexFormat.of().formatHex(octets.getBytes(StandardCharsets.US_ASCII));
        for (long end = System.nanoTime() + PATIENCE_NS; System.nanoTime() - end < 0; Thread.onSpinWait()) {
            byte[] frame = wire.sent.poll();
            if (frame != null && frame.length > 282 && HexFormat.of().formatHex(frame).contains(wanted)) {
                return;
            }
        }
        throw new AssertionError("nobody asked with " + octets);
    }

    @Test
    void anInterfaceBeginsToAskForAnAddressAndEnds() throws Exception {
        StreamSocket open = connect(7);
        echoes(open, "before");
        String services = "[services]\necho = true\n[services.status]\nport = 80\n";
        Reloaded outcome = reload(dhcp("hostname = \"first\"\n") + services);
        assertThat(outcome).isEqualTo(new Reloaded(List.of("interface w0.dhcp: asks for an address"),
                List.of(), List.of()));
        asks("first");
        assertThat(daemon.source().leases()).extracting(LeaseStatus::interfaceName).containsExactly("w0");
        outcome = reload(dhcp("hostname = \"second\"\nrelease = true\nclient-id = \"01:02\"\n")
                + services);
        assertThat(outcome.changed()).containsExactly("interface w0.dhcp.hostname: first, now second",
                "interface w0.dhcp.release: false, now true");
        assertThat(outcome.restart()).as("it would be another address")
                .containsExactly("interface w0.dhcp.client-id: none, now 01:02");
        asks("second");
        outcome = reload(INTERFACE + services);
        assertThat(outcome).isEqualTo(new Reloaded(List.of("interface w0.dhcp: ended"), List.of(),
                List.of()));
        assertThat(daemon.source().leases()).isEmpty();
        echoes(open, "after");
        open.close();
    }

    /// The addresses it is started with may be none.
    @Test
    void anInterfaceMayBeLeftWithoutAddressesOfItsOwn() throws Exception {
        String only = dhcp("").replace("addresses = [\"10.9.0.2/24\"]\n", "");
        assertThat(reload(only).changed()).contains("address 10.9.0.2/24 dev w0: removed",
                "interface w0.dhcp: asks for an address");
        assertThat(reload(INTERFACE).changed()).contains("address 10.9.0.2/24 dev w0: added",
                "interface w0.dhcp: ended");
        assertThat(daemon.source().addresses()).extracting(AddressStatus::address).contains("10.9.0.2/24");
    }

    @Test
    void knobsLogAndRulesChangeAndTheRestIsNamed() throws Exception {
        String next = INTERFACE.replace("probe", "mtu = 1400\nprobe") + """
                [tcp]
                no-delay = true
                window-scale = 3
                [ip]
                echo-replies-per-second = 0
                reassembly-timeout = "90s"
                [net.queues]
                batch = 32
                [log]
                level = "warn"
                [log.levels]
                tcp = "debug"
                [[control.client]]
                user = "root"
                steer = true
                """;
        Reloaded outcome = reload(next);
        assertThat(outcome.changed()).contains("tcp.no-delay: false, now true",
                "ip.echo-replies-per-second: 1000000, now 0", "control.client: for who connects from now on",
                "log.level: info, now warn", "log.levels: {}, now {tcp = debug}");
        assertThat(outcome.restart()).containsExactlyInAnyOrder("tcp.window-scale: -1, now 3",
                "ip.reassembly-timeout: 1m, now 90s", "net.queues.batch: 64, now 32",
                "interface w0.mtu: 0, now 1400");
        assertThat(LogSetup.get(null)).isEqualTo(LogLevel.WARN);
        Reloaded again = reload(next);
        assertThat(again.changed()).isEmpty();
        assertThat(again.restart()).isEqualTo(outcome.restart());
    }

    @Test
    void whatWaitsIsNamedAsTheFileHasIt() throws Exception {
        Path other = dir.resolve("Other");
        Files.writeString(file(), "locks = \"giant\"\n" + INTERFACE
                + "[control]\nsocket = \"" + other + "\"\n");
        assertThat(daemon.reload().restart()).containsExactlyInAnyOrder("locks: layered, now giant",
                "control.socket: " + dir.resolve("s") + ", now " + other);
    }

    @Test
    void aRelayIsOpenedLedElsewhereAndEnded() throws Exception {
        String relay = INTERFACE + """
                [[forward]]
                listen = "unix://%s"
                to = "tcp://127.0.0.1:%d"
                """;
        Path door = dir.resolve("door");
        assertThat(reload(relay.formatted(door, 7)).changed()).contains("forward unix://" + door
                + ": listens");
        assertThat(daemon.source().relays()).extracting(RelayStatus::to).containsExactly("tcp://127.0.0.1:7");
        int id = daemon.source().relays().getFirst().id();
        String most = relay.formatted(door, 7) + "max-connections = 9\n";
        assertThat(reload(most).changed()).containsExactly("forward unix://" + door + ": changed");
        assertThat(reload(relay.formatted(door, 99)).changed()).containsExactly("forward unix://" + door
                + ": leads to tcp://127.0.0.1:99");
        assertThat(daemon.source().relays()).extracting(RelayStatus::to)
                .containsExactly("tcp://127.0.0.1:99");
        assertThat(daemon.source().relays().getFirst().id()).isEqualTo(id);
        assertThat(reload(INTERFACE).changed()).contains("forward unix://" + door + ": listens no more");
        assertThat(daemon.source().relays()).isEmpty();
        assertThat(door).doesNotExist();
    }

    @Test
    void relaysWithoutConnectionsOutliveAFileThatIsRefused() throws Exception {
        String relay = "[[forward]]\nlisten = \"unix://" + dir + "/%s\"\nto = \"tcp://127.0.0.1:7\"\n";
        reload(INTERFACE + relay.formatted("one") + relay.formatted("two") + "[services]\necho = true\n");
        List<RelayStatus> before = daemon.source().relays();
        ListenSocket somebody = daemon.tcp().listen(Endpoint.parse("0.0.0.0:8080"), 1,
                SocketOptions.DEFAULTS);
        write(INTERFACE + relay.formatted("three") + "[services]\nstatus = { port = 8080 }\n");
        for (int i = 0; i < 2; i++) {
            assertThat(catchThrowableOfType(Refusal.class, daemon::reload)).isNotNull();
            assertThat(daemon.source().relays()).isEqualTo(before);
            assertThat(dir.resolve("one")).exists();
            assertThat(dir.resolve("two")).exists();
        }
        somebody.close();
        assertThat(daemon.reload().changed()).contains("forward unix://" + dir + "/one: listens no more");
        assertThat(daemon.source().relays()).extracting(RelayStatus::listen)
                .containsExactly("unix://" + dir + "/three");
    }

    @Test
    void aWrongFileChangesNothingAndEveryLineIsSaid() throws Exception {
        write(INTERFACE + "[services.echo]\nport = 70000\n[tcp]\nmsl = \"soon\"\n");
        Refusal refusal = catchThrowableOfType(Refusal.class, daemon::reload);
        assertThat(refusal.getMessage())
                .contains("splnet.toml:7: services.echo.port: 70000: must be in 1..65535")
                .contains("splnet.toml:9: tcp.msl: \"soon\"");
        StreamSocket open = connect(7);
        echoes(open, "still");
        open.close();
    }

    @Test
    void aPortThatIsTakenRefusesTheWholeFile() throws Exception {
        ListenSocket somebody = daemon.tcp().listen(Endpoint.parse("0.0.0.0:8080"), 1,
                SocketOptions.DEFAULTS);
        StreamSocket open = connect(7);
        echoes(open, "before");
        write(INTERFACE.replace("10.9.0.2/24", "10.9.0.3/24") + """
                [services]
                echo = { port = 7007 }
                status = { port = 8080 }
                """);
        Refusal refusal = catchThrowableOfType(Refusal.class, daemon::reload);
        assertThat(refusal.kind()).isEqualTo(Refusal.Kind.CONFLICT);
        assertThat(refusal.getMessage()).contains("8080");
        echoes(open, "after");
        StreamSocket second = connect(7);
        echoes(second, "too");
        assertThat(refused(80)).isFalse();
        assertThat(refused(7007)).isTrue();
        assertThat(daemon.source().addresses()).extracting(AddressStatus::address).contains("10.9.0.2/24")
                .doesNotContain("10.9.0.3/24");
        somebody.close();
        assertThat(daemon.reload().failed()).isEmpty();
        assertThat(refused(8080)).isFalse();
        assertThat(refused(80)).isTrue();
        open.close();
        second.close();
    }

    @Test
    void theCommandShowsTheOutcome() throws Exception {
        write(INTERFACE + "[tcp]\nno-delay = true\nsack = false\n");
        assertThat(run()).isEqualTo("0 changed: services.echo.enabled: true, now false\n"
                + "changed: services.status.enabled: true, now false\n"
                + "changed: tcp.no-delay: false, now true\nneeds a restart: tcp.sack: true, now false\n");
        write(INTERFACE + "[tcp]\nno-delay = true\n");
        assertThat(run()).isEqualTo("0 nothing has changed\n");
        write(INTERFACE + "[tcp]\nno-delay = 1\n");
        assertThat(run()).startsWith(Sysexits.CONFIG + " splnet: ")
                .contains("splnet.toml:7: tcp.no-delay: 1");
    }

    private String run() {
        StringWriter out = new StringWriter();
        PrintWriter both = new PrintWriter(out, true);
        int code = Cli.run(new Installation(both), both, both, "reload", "--socket",
                dir.resolve("s").toString());
        return code + " " + out;
    }

    /// By SIGHUP or by a command: `systemctl status` shows it.
    @Test
    void whatIsInForceIsToldEachTime() throws Exception {
        assertThat(told).isEmpty();
        reload(INTERFACE.replace(".2/24", ".3/24"));
        assertThat(told).containsExactly("w0 10.9.0.3/24");
        assertThat(catchThrowableOfType(Refusal.class, () -> reload("nonsense"))).isNotNull();
        assertThat(told).hasSize(1);
    }

    /// SIGHUP and a command at once: what was read before the file changed is not what is in force at last.
    @Test
    void whoComesLaterReadsLater() throws Exception {
        var reader = new ConfigReader(drivers);
        Thread later = new Thread(() -> daemon.reload());
        daemon.again(() -> {
            var read = reader.read(file());
            come(later);
            return read;
        }, told::add);
        reload(INTERFACE.replace(".2/24", ".3/24"));
        later.join();
        assertThat(told).endsWith("w0 10.9.0.4/24");
        assertThat(daemon.summary()).isEqualTo("w0 10.9.0.4/24");
    }

    /// ... nor is it what is told at last.
    @Test
    void whoComesLaterTellsLater() throws Exception {
        var reader = new ConfigReader(drivers);
        Thread later = new Thread(() -> daemon.reload());
        daemon.again(() -> reader.read(file()), summary -> {
            come(later);
            told.add(summary);
        });
        reload(INTERFACE.replace(".2/24", ".3/24"));
        later.join();
        assertThat(told).containsExactly("w0 10.9.0.3/24", "w0 10.9.0.4/24");
    }

    /// The first time: the file changes, and somebody has it read, who has to wait or is soon done.
    private void come(Thread later) {
        if (later.getState() != Thread.State.NEW) {
            return;
        }
        try {
            write(INTERFACE.replace(".2/24", ".4/24"));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        later.start();
        while (later.getState() != Thread.State.WAITING && later.getState() != Thread.State.TERMINATED) {
            Thread.onSpinWait();
        }
    }

    /// It went on with what was being ended.
    @Test
    void whoseEndHasBegunChangesNoMore() throws Exception {
        daemon.close();
        Refusal why = catchThrowableOfType(Refusal.class, () -> reload(INTERFACE.replace(".2/24", ".4/24")));
        assertThat(why).hasMessageContaining("stopping");
        assertThat(told).isEmpty();
    }

    /// Who is left of a control socket that is off keeps nothing from being changed.
    @Test
    void withoutAControlSocketNoClientIsLookedUp() throws Exception {
        daemon.close();
        String text = INTERFACE + "[control]\nsocket = \"\"\n";
        Files.writeString(file(), text);
        ConfigReader reader = new ConfigReader(drivers);
        daemon = Splnetd.start(reader.read(file()), drivers);
        daemon.again(() -> reader.read(file()), told::add);
        daemon.answer();
        Files.writeString(file(), text + "[[control.client]]\nuser = \"no such\"\n");
        assertThat(daemon.reload().changed()).hasSize(1);
    }
}
