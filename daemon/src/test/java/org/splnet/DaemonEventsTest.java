package org.splnet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.config.ClockMode;
import org.splnet.config.ControlConfig;
import org.splnet.config.InterfaceConfig;
import org.splnet.config.SplnetConfig;
import org.splnet.control.EventStream;
import org.splnet.control.OpenApi;
import org.splnet.control.Schema;
import org.splnet.kern.EventKind;
import org.splnet.kern.Events;
import org.splnet.net.Frames;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.wire.Cidr;
import org.splnet.wire.Endpoint;
import org.splnet.wire.MacAddr;

/// What a running daemon tells of: each kind of event once, and as documented.
@Timeout(60)
@ExtendWith(NoLeaks.class)
class DaemonEventsTest {
    private static final long PATIENCE_S = 30;
    private static final MacAddr PEER = MacAddr.parse("02:00:00:00:00:01");

    private final WireDriver wire = new WireDriver();
    private final Semaphore news = new Semaphore(0);
    private final EventStream stream = new EventStream(EnumSet.allOf(EventKind.class));
    private final List<String> unseen = new ArrayList<>();
    private Splnetd daemon;

    @BeforeEach
    void start() throws Exception {
        stream.start(news::release);
        SplnetConfig d = SplnetConfig.defaults();
        InterfaceConfig one = new InterfaceConfig("w0", "wire", null, 0, List.of(Cidr.parse("10.9.0.2/24")),
                false, Map.of());
        daemon = Splnetd.start(new SplnetConfig(ClockMode.MANUAL, d.locks(), d.witness(), List.of(one),
                List.of(), List.of(), d.net(), d.ip(), d.udp(), d.tcp(), d.services(), List.of(),
                new ControlConfig(""), d.log()), new Drivers(List.of(wire)));
        daemon.answer();
    }

    @AfterEach
    void stop() {
        daemon.close();
        stream.close();
        assertThat(Events.wanted(EventKind.LINK_UP)).isFalse();
    }

    /// Waits for a line that has all these in it.
    private void told(String... parts) throws Exception {
        while (true) {
            for (String line : unseen) {
                if (List.of(parts).stream().allMatch(line::contains)) {
                    unseen.remove(line);
                    return;
                }
            }
            byte[] piece = stream.next();
            if (piece == null) {
                assertThat(news.tryAcquire(PATIENCE_S, TimeUnit.SECONDS))
                        .as("%s among %s", List.of(parts), unseen).isTrue();
                continue;
            }
            JsonNode document = OpenApi.document();
            for (String line : new String(piece, StandardCharsets.UTF_8).split("\n")) {
                assertThat(new Schema(document).problems(document.at("/components/schemas/Event"),
                        new ObjectMapper().readTree(line))).isEmpty();
                unseen.add(line);
            }
        }
    }

    @Test
    void linksAddressesAndNeighbors() throws Exception {
        told("subscribed");
        told("link-up", "\"interface\":\"lo\"");
        told("address-added", "lo", "127.0.0.1/8");
        told("link-up", "w0");
        told("address-added", "w0", "10.9.0.2/24");
        wire.arrive(Frames.request(PEER, "10.9.0.1", "10.9.0.2"));
        told("neighbor-changed", "w0", "10.9.0.1", "STALE", PEER.toString());
        wire.arrive(Frames.request(PEER, "10.9.0.2", "10.9.0.9"));
        told("address-conflict", "w0", "\"10.9.0.2\"", PEER.toString(), "announcing");
        wire.vanish();
        told("link-down", "w0");
        told("neighbor-removed", "10.9.0.1");
        daemon.close();
        told("address-removed", "w0", "10.9.0.2/24");
        told("link-down", "lo");
    }

    @Test
    void listenersAndConnections() throws Exception {
        ListenSocket listener = daemon.tcp().listen(Endpoint.parse("127.0.0.1:99"), 4,
                SocketOptions.DEFAULTS);
        told("listener-opened", "\"tcp\"", "127.0.0.1:99");
        StreamSocket client = daemon.tcp().connect(null, Endpoint.parse("127.0.0.1:99"),
                SocketOptions.DEFAULTS);
        String port = ":" + client.local().port();
        told("connection-opened", "\"local\":\"127.0.0.1" + port, "\"passive\":false");
        told("connection-opened", "\"local\":\"127.0.0.1:99\"", "\"passive\":true");
        StreamSocket server = listener.accept();
        client.close();
        server.shutdownOutput();
        told("connection-closed", "\"local\":\"127.0.0.1:99\"", "\"reason\":\"closed\"");
        server.close();
        told("connection-closed", "\"local\":\"127.0.0.1" + port, "\"reason\":\"closed\"");
        client = daemon.tcp().connect(null, Endpoint.parse("127.0.0.1:99"), SocketOptions.DEFAULTS);
        told("connection-opened", "\"passive\":true");
        client.abort();
        told("connection-closed", "\"reason\":\"aborted\"", "ESTABLISHED");
        told("connection-closed", "\"reason\":\"ECONNRESET\"");
        listener.close();
        told("listener-closed", "127.0.0.1:99");
        daemon.tcp().connect(null, Endpoint.parse("127.0.0.1:99"), SocketOptions.DEFAULTS).close();
        told("connection-closed", "SYN-SENT");
    }
}
