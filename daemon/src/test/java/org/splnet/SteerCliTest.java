package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.cli.Cli;
import org.splnet.cli.LogSetup;
import org.splnet.cli.Sysexits;
import org.splnet.config.ClockMode;
import org.splnet.config.ControlConfig;
import org.splnet.config.InterfaceConfig;
import org.splnet.config.SplnetConfig;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Cidr;
import org.splnet.wire.Endpoint;

/// The command line against a running daemon.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class SteerCliTest {
    private final WireDriver wire = new WireDriver();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    @TempDir
    private Path dir;
    private Splnetd daemon;

    @BeforeEach
    void start() throws Exception {
        SplnetConfig d = SplnetConfig.defaults();
        InterfaceConfig one = new InterfaceConfig("w0", "wire", null, 0, List.of(Cidr.parse("10.9.0.2/24")),
                false, Map.of());
        daemon = Splnetd.start(new SplnetConfig(ClockMode.MANUAL, d.locks(), d.witness(), List.of(one),
                List.of(), List.of(), d.net(), d.ip(), d.udp(), d.tcp(), d.services(), List.of(),
                new ControlConfig(dir.resolve("s").toString()), d.log()), new Drivers(List.of(wire)));
        daemon.answer();
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private int run(String line) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        PrintWriter errors = new PrintWriter(err, true);
        return Cli.run(new Installation(errors), new PrintWriter(out, true), errors,
                (line + " --socket " + dir.resolve("s")).split(" "));
    }

    private void well(String line, String... shown) {
        assertThat(run(line)).as(err.toString()).isZero();
        for (String each : shown) {
            assertThat(out.toString()).contains(each);
        }
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void addressesRoutesAndNeighborsAreAddedShownAndRemoved() {
        well("address add 10.9.0.3/24 dev w0 noprobe", "10.9.0.3/24", "announcing");
        well("addr add 10.9.0.4/24 dev w0", "10.9.0.4/24", "probing");
        well("address", "10.9.0.2/24", "yes", "10.9.0.3/24");
        well("address del 10.9.0.4/24 dev w0");
        well("route add default via 10.9.0.1 metric 5 --json", "\"metric\" : 5");
        well("route add 10.77.0.0/16 dev w0", "static");
        well("routes", "default       10.9.0.1  w0", "10.77.0.0/16");
        well("route show", "default       10.9.0.1  w0");
        well("route delete default via 10.9.0.1");
        well("route del 10.77.0.0/16");
        well("neigh add 10.9.0.7 lladdr 02:00:00:00:00:07 dev w0", "PERMANENT");
        well("neighbor list", "02:00:00:00:00:07");
        well("neighbor del 10.9.0.7 dev w0");
        well("neighbor --json", "[ ]");
        assertThat(run("routes")).isZero();
        assertThat(out.toString()).doesNotContain("static");
    }

    @ParameterizedTest
    @CsvSource({"address add 10.9.0.2/24 dev w0, 69, is being claimed already",
        "address add 10.9.0.300/24 dev w0, 64, 300", "address del 10.9.0.9/24 dev w0, 69, has no address",
        "route add 10.5.0.0/16 via 10.4.0.1, 69, no connected subnet",
        "route del default, 69, no static route",
        "neighbor del 10.9.0.9 dev w0, 69, knows no neighbor", "neighbor del 10.9.0.9 dev lo, 64, loopback",
        "log tcp=loud, 64, must be one of error", "log tpc=info, 64, must be one of arp"})
    void whatIsRefusedIsSaidInOneLine(String line, int code, String why) {
        assertThat(run(line)).isEqualTo(code);
        assertThat(err.toString()).startsWith("splnet: ").contains(why).hasLineCount(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void socketsAreChosenAsSsDoes() throws Exception {
        daemon.tcp().listen(Endpoint.parse("127.0.0.1:99"), 1, SocketOptions.DEFAULTS);
        daemon.tcp().connect(null, Endpoint.parse("127.0.0.1:99"), SocketOptions.DEFAULTS);
        well("sockets", "LISTEN", "127.0.0.1:99  ");
        well("sockets -tln", "LISTEN");
        assertThat(out.toString()).doesNotContain("ESTAB").doesNotContain("udp");
        well("sockets -u");
        assertThat(out.toString()).doesNotContain("tcp");
        well("sockets -ti", "cwnd:");
        well("sockets -s", "Count");
        well("sockets -tp", "Process");
        well("sockets -t --json", "\"protocol\" : \"tcp\"");
    }

    @Test
    void theLogIsShownAndChanged() {
        try {
            well("log pcap=trace", "pcap       trace");
            well("log", "(general)");
        } finally {
            LogSetup.set("pcap", null);
        }
    }

    @Test
    void exitCodesAreThoseOfSysexits() {
        assertThat(run("metrics --openmetrics --bogus")).isEqualTo(Sysexits.USAGE);
        daemon.close();
        assertThat(run("log")).isEqualTo(Sysexits.UNAVAILABLE);
        assertThat(err.toString()).contains("no such socket: start the daemon").hasLineCount(1);
    }
}
