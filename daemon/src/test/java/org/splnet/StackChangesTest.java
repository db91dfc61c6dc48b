package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import org.splnet.cli.LogSetup;
import org.splnet.cli.Sysexits;
import org.splnet.config.ClockMode;
import org.splnet.config.ControlConfig;
import org.splnet.config.InterfaceConfig;
import org.splnet.config.LogLevel;
import org.splnet.config.NeighborConfig;
import org.splnet.config.SplnetConfig;
import org.splnet.control.Client;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.wire.Cidr;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;
import org.splnet.wire.MacAddr;

/// Addresses, routes, neighbors and log levels of a running daemon, changed through its control socket.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class StackChangesTest {
    private static final String ADD = "{\"interface\":\"%s\",\"address\":\"%s\",\"probe\":%s}";
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long PATIENCE_NS = 30 * SECOND_NS;

    @TempDir
    private Path dir;
    private Splnetd daemon;

    @BeforeEach
    void start() throws Exception {
        daemon = start(List.of(), dir.resolve("s"));
        daemon.answer();
    }

    private Splnetd start(List<NeighborConfig> neighbors, Path socket) throws StartException {
        SplnetConfig d = SplnetConfig.defaults();
        InterfaceConfig one = new InterfaceConfig("w0", "wire", null, 0, List.of(Cidr.parse("10.9.0.2/24")),
                false, Map.of());
        return Splnetd.start(new SplnetConfig(ClockMode.MANUAL, d.locks(), d.witness(), List.of(one),
                List.of(), neighbors, d.net(), d.ip(), d.udp(), d.tcp(), d.services(), List.of(),
                new ControlConfig(socket.toString()), d.log()), new Drivers(List.of(new WireDriver())));
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private String ask(String line, String body) throws Exception {
        return Client.ask(dir.resolve("s"), Client.request(line, body));
    }

    private JsonNode json(String line, String body) throws Exception {
        String answer = ask(line, body);
        assertThat(answer).startsWith("HTTP/1.1 200 ");
        return new ObjectMapper().readTree(answer.substring(answer.indexOf("\r\n\r\n")));
    }

    private String addresses() throws Exception {
        StringBuilder all = new StringBuilder();
        for (JsonNode each : json("GET /v1/addresses", null)) {
            all.append(each.path("interfaceName").asText()).append(' ').append(each.path("address").asText())
                    .append(' ').append(each.path("state").asText())
                    .append(each.path("primary").asBoolean() ? "* " : " ");
        }
        return all.toString().strip();
    }

    @Test
    void anAddressComesAndGoes() throws Exception {
        assertThat(addresses()).isEqualTo("lo 127.0.0.1/8 held* w0 10.9.0.2/24 announcing*");
        JsonNode added = json("POST /v1/addresses", ADD.formatted("w0", "10.9.0.3/24", false));
        assertThat(added.path("state").asText()).isEqualTo("announcing");
        assertThat(added.path("primary").asBoolean()).isFalse();
        assertThat(json("POST /v1/addresses", ADD.formatted("w0", "10.9.0.4/24", true)).path("state")
                .asText()).isEqualTo("probing");
        assertThat(addresses()).endsWith("10.9.0.3/24 announcing w0 10.9.0.4/24 probing");
        assertThat(ask("DELETE /v1/addresses/w0/10.9.0.4/24", null)).startsWith("HTTP/1.1 204 ");
        assertThat(ask("DELETE /v1/addresses/w0/10.9.0.2%2F24", null)).startsWith("HTTP/1.1 204 ");
        assertThat(addresses()).isEqualTo("lo 127.0.0.1/8 held* w0 10.9.0.3/24 announcing*");
        daemon.advance(60 * SECOND_NS);
        assertThat(addresses()).isEqualTo("lo 127.0.0.1/8 held* w0 10.9.0.3/24 held*");
    }

    @ParameterizedTest
    @CsvSource({"w1, 10.9.0.9/24, 404, there is no interface", "w0, 10.9.0.2/24, 409, claimed already",
        "lo, 10.9.0.2/24, 409, w0 has that address", "w0, 10.9.0.255/24, 422, not a broadcast",
        "w0, 10.9.0.9/33, 422, 33", "w0, ten, 422, ten", "w0, fe80::1/64, 422, IPv6 is not",
        "w0, 224.0.0.1/24, 422, unicast"})
    void anAddressThatCannotBeIsRefused(String name, String address, int status, String why)
            throws Exception {
        String before = addresses();
        assertThat(ask("POST /v1/addresses", ADD.formatted(name, address, false)))
                .startsWith("HTTP/1.1 " + status + " ").contains(why);
        assertThat(addresses()).isEqualTo(before);
    }

    @Test
    void aNeighborThatCannotBeEndsTheStartAsTheConfigurationsFault() {
        NeighborConfig none = new NeighborConfig(InetAddr.parse("10.9.0.9"),
                MacAddr.parse("03:00:00:00:00:01"), "w0");
        StartException refused = catchThrowableOfType(StartException.class,
                () -> start(List.of(none), dir.resolve("other")));
        assertThat(refused.exitCode()).isEqualTo(Sysexits.CONFIG);
        assertThat(refused.getMessage()).contains("10.9.0.9", "no single station");
    }

    @Test
    void whatIsNotThereCannotBeRemoved() throws Exception {
        assertThat(ask("DELETE /v1/addresses/w0/10.9.0.2/25", null)).startsWith("HTTP/1.1 404 ")
                .contains("it has [10.9.0.2/24]");
        assertThat(ask("DELETE /v1/addresses/w9/10.9.0.2/24", null)).startsWith("HTTP/1.1 404 ");
        assertThat(ask("DELETE /v1/routes/default", null)).startsWith("HTTP/1.1 404 ");
        assertThat(ask("DELETE /v1/neighbors/w0/10.9.0.77", null)).startsWith("HTTP/1.1 404 ");
        assertThat(ask("DELETE /v1/neighbors/lo/10.9.0.77", null)).startsWith("HTTP/1.1 422 ");
    }

    @Test
    void aRouteComesAndGoes() throws Exception {
        JsonNode route = json("POST /v1/routes", "{\"to\":\"default\",\"via\":\"10.9.0.1\",\"metric\":7}");
        assertThat(route.path("interfaceName").asText()).isEqualTo("w0");
        assertThat(route.path("source").asText()).isEqualTo("10.9.0.2");
        assertThat(route.path("metric").asInt()).isEqualTo(7);
        json("POST /v1/routes", "{\"to\":\"10.77.0.0/16\",\"interface\":\"w0\"}");
        assertThat(json("GET /v1/routes", null)).anyMatch(each -> each.path("destination").asText()
                .equals("10.77.0.0/16") && each.path("via").isNull());
        assertThat(ask("POST /v1/routes", "{\"to\":\"default\",\"via\":\"10.9.0.1\",\"metric\":7}"))
                .startsWith("HTTP/1.1 409 ").contains("is there already");
        assertThat(ask("POST /v1/routes", "{\"to\":\"10.9.0.1/16\",\"via\":\"10.9.0.1\"}"))
                .startsWith("HTTP/1.1 422 ");
        assertThat(ask("POST /v1/routes", "{\"to\":\"10.5.0.0/16\",\"via\":\"10.4.0.1\"}"))
                .startsWith("HTTP/1.1 409 ").contains("no connected subnet");
        assertThat(ask("DELETE /v1/routes/default", null)).startsWith("HTTP/1.1 204 ");
        assertThat(ask("DELETE /v1/routes/10.77.0.0/16", null)).startsWith("HTTP/1.1 204 ");
        assertThat(json("GET /v1/routes", null)).noneMatch(each -> each.path("kind").asText()
                .equals("static"));
    }

    @Test
    void aNeighborComesAndGoes() throws Exception {
        JsonNode known = json("POST /v1/neighbors",
                "{\"interface\":\"w0\",\"address\":\"10.9.0.1\",\"mac\":\"02:00:00:00:00:01\"}");
        assertThat(known.path("state").asText()).isEqualTo("PERMANENT");
        assertThat(ask("POST /v1/neighbors",
                "{\"interface\":\"w0\",\"address\":\"10.9.0.1\",\"mac\":\"03:00:00:00:00:01\"}"))
                .startsWith("HTTP/1.1 422 ").contains("station");
        assertThat(ask("DELETE /v1/neighbors/w0/10.9.0.1", null)).startsWith("HTTP/1.1 204 ");
        assertThat(json("GET /v1/neighbors", null)).isEmpty();
    }

    @Test
    void theLogIsTurnedUpAndDown() throws Exception {
        LogLevel before = LogSetup.get("pcap");
        try {
            JsonNode levels = json("PUT /v1/log", "{\"subsystem\":\"pcap\",\"level\":\"trace\"}");
            assertThat(levels.path("levels").path("pcap").asText()).isEqualTo("trace");
            assertThat(LogSetup.get("pcap")).isEqualTo(LogLevel.TRACE);
            assertThat(ask("PUT /v1/log", "{\"subsystem\":\"pkap\",\"level\":\"trace\"}"))
                    .startsWith("HTTP/1.1 422 ").contains("must be one of arp");
            assertThat(ask("PUT /v1/log", "{\"level\":\"default\"}"))
                    .startsWith("HTTP/1.1 422 ").contains("one of error");
            json("PUT /v1/log", "{\"subsystem\":\"pcap\",\"level\":\"default\"}");
        } finally {
            LogSetup.set("pcap", null);
        }
        assertThat(LogSetup.get("pcap")).isEqualTo(before);
    }

    /// What a connection sees of its address being taken away: nothing, until it comes back or time is up.
    @Test
    void aConnectionOutlivesItsAddressForAWhile() throws Exception {
        json("POST /v1/addresses", ADD.formatted("lo", "10.8.0.1/32", false));
        var listener = daemon.tcp().listen(Endpoint.parse("10.8.0.1:99"), 1, SocketOptions.DEFAULTS);
        StreamSocket client = daemon.tcp().connect(null, Endpoint.parse("10.8.0.1:99"),
                SocketOptions.DEFAULTS);
        daemon.advance(SECOND_NS);
        assertThat(listener.await(Readiness.ACCEPTABLE, PATIENCE_NS) & Readiness.ACCEPTABLE).isNotZero();
        StreamSocket server = listener.accept();
        assertThat(client.await(Readiness.WRITABLE, PATIENCE_NS) & Readiness.WRITABLE).isNotZero();

        assertThat(ask("DELETE /v1/addresses/lo/10.8.0.1/32", null)).startsWith("HTTP/1.1 204 ");
        var octets = io.netty.buffer.Unpooled.wrappedBuffer(new byte[] {1, 2, 3});
        assertThat(client.send(octets)).isEqualTo(3);
        octets.release();
        daemon.advance(5 * SECOND_NS);
        assertThat(server.ready() & Readiness.READABLE).isZero();
        assertThat(client.ready() & Readiness.ERROR).isZero();

        json("POST /v1/addresses", ADD.formatted("lo", "10.8.0.1/32", false));
        daemon.advance(60 * SECOND_NS);
        assertThat(server.await(Readiness.READABLE, PATIENCE_NS) & Readiness.READABLE).isNotZero();
        var received = server.receive(9);
        assertThat(received.readableBytes()).isEqualTo(3);
        received.release();

        ask("DELETE /v1/addresses/lo/10.8.0.1/32", null);
        octets = io.netty.buffer.Unpooled.wrappedBuffer(new byte[] {4});
        assertThat(client.send(octets)).isEqualTo(1);
        octets.release();
        daemon.advance(3600 * SECOND_NS);
        assertThat(client.ready() & Readiness.ERROR).isNotZero();
        listener.close();
        server.close();
    }
}
