package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.sim.LoopbackHost.CHARGEN;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.TestSeed;
import org.splnet.socket.DatagramInfo;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.tcp.TcpInfo;
import org.splnet.wire.Endpoint;

/// Connections and listeners that clients of the control socket have.
class LentSocketsTest extends LentBed {
    @Test
    void whatIsWrittenComesBackWhateverThePieces() throws Exception {
        var rnd = new SplittableRandom(TestSeed.next());
        for (int i = 0; i < 30; i++) {
            byte[] text = new byte[1 + rnd.nextInt(i % 3 == 0 ? 3_000_000 : 3000)];
            rnd.nextBytes(text);
            try (LentClient client = LentClient.connect(socket, ECHO_AT)) {
                SplittableRandom pieces = rnd.split();
                Thread writer = Thread.ofVirtual().start(() -> write(client, text, pieces));
                assertThat(client.read(text.length)).isEqualTo(text);
                writer.join();
                assertThat(client.toTheEnd()).isZero();
            }
        }
    }

    private static void write(LentClient client, byte[] text, SplittableRandom rnd) {
        try {
            for (int at = 0; at < text.length; ) {
                int n = Math.min(text.length - at, 1 + rnd.nextInt(100_000));
                client.write(java.util.Arrays.copyOfRange(text, at, at + n));
                at += n;
            }
            client.endsSending();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// Behind chunks nobody can tell where the stream begins: it was connected, and what came early was lost.
    @Test
    void aRequestForAStreamHasNoChunks() throws Exception {
        for (String request : List.of("CONNECT " + ECHO_AT, "POST /v1/attach/1")) {
            try (LentClient client = new LentClient(socket)) {
                client.write(request + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "0\r\n\r\nearly").answered();
                assertThat(client.status).isEqualTo(411);
                assertThat(client.toTheEnd()).isZero();
            }
        }
    }

    @Test
    void theAnswerNamesBothEndsAndTheStreamMayBeginBeforeIt() throws Exception {
        try (LentClient client = new LentClient(socket)) {
            client.write("CONNECT " + ECHO_AT + " HTTP/1.1\r\nHost: x\r\n\r\nearly").answered();
            assertThat(client.read(5)).asString().isEqualTo("early");
            assertThat(client.fields).containsEntry("splnet-remote", ECHO_AT);
            assertThat(client.fields.get("splnet-local")).startsWith("127.0.0.1:");
            assertThat(get("/v1/sockets/" + client.id())).startsWith("200 ").contains("\"uid\":",
                    "\"groups\":[")
                    .contains("\"local\":\"" + client.fields.get("splnet-local") + "\"", "ESTABLISHED")
                    .contains("\"mss\":", "\"rttVarMs\":");
        }
    }

    @Test
    void paddingIsSkippedAndNothingElse() throws Exception {
        try (LentClient client = new LentClient(socket)) {
            client.write("CONNECT " + ECHO_AT + " HTTP/1.1\r\nHost: x\r\nSplnet-Padding: 70000\r\n\r\n"
                    + "p".repeat(70_000) + "text").answered();
            assertThat(client.read(4)).asString().isEqualTo("text");
        }
    }

    @Test
    void whatNobodyListensToIsRefusedByItsName() throws Exception {
        try (LentClient client = LentClient.connect(socket, "127.0.0.1:1")) {
            assertThat(client.status).isEqualTo(502);
            assertThat(client.body).contains("\"errno\" : \"ECONNREFUSED\"",
                    "\"connect 127.0.0.1:1: connection refused (ECONNREFUSED)\"");
        }
        assertThat(get("/v1/sockets/1")).startsWith("404 ");
    }

    @Test
    void optionsThatAreNoJsonAreNamed() throws Exception {
        try (LentClient client = new LentClient(socket)) {
            client.write("CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\nSplnet-Options: nodelay\r\n\r\n")
                    .answered();
            assertThat(client.status).isEqualTo(400);
            assertThat(client.body).contains("\"Splnet-Options is not JSON: line 1");
        }
    }

    @Test
    void aConnectThatFailsEndsItsConnection() throws Exception {
        try (LentClient client = new LentClient(socket)) {
            client.write("CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\nSplnet-Padding: 50000\r\n\r\n"
                    + "p".repeat(50_000)).answered();
            assertThat(client.status).isEqualTo(502);
            assertThat(client.toTheEnd()).isZero();
        }
    }

    @Test
    void listenersOfOneUserShareAPort() throws Exception {
        String shared = "{\"local\":\"127.0.0.1:0\",\"options\":{\"SO_REUSEPORT\":1}}";
        try (LentClient one = LentClient.post(socket, "/v1/listen", shared)) {
            String at = one.fields.get("splnet-local");
            String again = shared.replace("127.0.0.1:0", at);
            try (LentClient alone = LentClient.post(socket, "/v1/listen", "{\"local\":\"" + at + "\"}");
                    LentClient two = LentClient.post(socket, "/v1/listen", again)) {
                assertThat(alone.body).contains("EADDRINUSE");
                assertThat(two.status).isEqualTo(200);
                assertThat(get("/v1/sockets/" + two.id() + "/options")).contains("\"SO_REUSEPORT\":1");
                List<LentClient> clients = new ArrayList<>();
                for (int i = 0; i < 64; i++) {
                    clients.add(LentClient.connect(socket, at));
                }
                assertThat(one.line()).contains("\"local\":\"" + at);
                assertThat(two.line()).contains("\"local\":\"" + at);
                for (LentClient each : clients) {
                    each.close();
                }
            }
        }
    }

    @Test
    void eachDirectionHasItsOwnEnd() throws Exception {
        try (LentClient client = toPeer()) {
            StreamSocket peer = peer();
            peer.shutdownOutput();
            assertThat(client.toTheEnd()).isZero();
            // More than all queues on the way hold, whatever their sizes are just now.
            Thread writer = Thread.ofVirtual().start(() -> write(client, new byte[5_000_000],
                    new SplittableRandom(1)));
            assertThat(all(peer)).isEqualTo(5_000_000);
            writer.join();
            peer.close();
        }
    }

    @Test
    void whatAClientHasWrittenBeforeItGoesIsSent() throws Exception {
        StreamSocket peer;
        try (LentClient client = toPeer()) {
            client.write(new byte[200_000]);
            peer = peer();
        }
        assertThat(all(peer)).isEqualTo(200_000);
        peer.close();
        until(() -> server.desk().table().all().isEmpty());
    }

    @Test
    void aClientThatDoesNotReadStopsItsPeerAndNobodyElse() throws Exception {
        try (LentClient lazy = LentClient.connect(socket, "127.0.0.1:" + CHARGEN)) {
            assertThat(lazy.status).isEqualTo(200);
            until(() -> queued(lazy.id()) > 60_000);
            try (LentClient client = LentClient.connect(socket, ECHO_AT)) {
                assertThat(client.write("hello").read(5)).asString().isEqualTo("hello");
            }
            assertThat(lazy.read(1_000_000)).hasSize(1_000_000);
        }
    }

    private int queued(String id) {
        return server.desk().table().get(Long.parseLong(id)).stream().receiveQueued();
    }

    @Test
    void aListenersConnectionsAreAnnouncedAndTaken() throws Exception {
        try (LentClient listener = LentClient.post(socket, "/v1/listen", "{\"local\":\"127.0.0.1:8080\"}")) {
            assertThat(listener.status).isEqualTo(200);
            StreamSocket peer = host.tcp.connect((Endpoint) null, Endpoint.parse("127.0.0.1:8080"),
                    SocketOptions.DEFAULTS);
            String id = listener.line().replaceAll(".*\"socket\":([0-9]+),.*", "$1");
            try (LentClient taken = LentClient.post(socket, "/v1/attach/" + id, null)) {
                assertThat(taken.status).isEqualTo(200);
                assertThat(taken.id()).isEqualTo(id);
                peer.send(Unpooled.copiedBuffer(new byte[] {1, 2, 3}));
                assertThat(taken.read(3)).containsExactly(1, 2, 3);
                assertThat(LentClient.post(socket, "/v1/attach/" + id, null).status).isEqualTo(404);
            }
            peer.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void untakenConnectionsEndWithTheirListener(boolean descriptors) throws Exception {
        StreamSocket peer;
        try (LentClient listener = LentClient.post(socket, "/v1/listen",
                "{\"local\":\"127.0.0.1:8080\",\"descriptors\":" + descriptors + "}")) {
            peer = host.tcp.connect((Endpoint) null, Endpoint.parse("127.0.0.1:8080"),
                    SocketOptions.DEFAULTS);
            if (descriptors) {
                until(() -> server.desk().table().all().size() == 2);
            } else {
                listener.line();
            }
        }
        until(() -> (peer.ready() & Readiness.ERROR) != 0);
        peer.close();
        until(() -> server.desk().table().all().isEmpty());
        LentClient.post(socket, "/v1/listen", "{\"local\":\"127.0.0.1:8080\"}").close();
    }

    @Test
    void whatIsBoundFirstIsListenedOnLater() throws Exception {
        try (LentClient client = LentClient.post(socket, "/v1/bind",
                "{\"protocol\":\"tcp\",\"local\":\"127.0.0.1:0\"}")) {
            String local = client.fields.get("splnet-local");
            try (LentClient other = LentClient.post(socket, "/v1/listen", "{\"local\":\"" + local + "\"}")) {
                assertThat(other.status).isEqualTo(409);
                assertThat(other.body).contains("EADDRINUSE");
            }
            assertThat(client.ask("POST", "/v1/listen", "{}").status).isEqualTo(200);
            assertThat(client.fields).containsEntry("splnet-local", local);
        }
    }

    @Test
    void whoConnectsAndDiesLeavesNothing() throws Exception {
        var rnd = new SplittableRandom(TestSeed.next());
        for (int i = 0; i < 500; i++) {
            LentClient client = new LentClient(socket);
            String request = "CONNECT " + ECHO_AT + " HTTP/1.1\r\nHost: x\r\n\r\nsome text";
            client.write(request.substring(0, rnd.nextInt(request.length() + 1)));
            if (rnd.nextBoolean()) {
                client.endsSending();
            }
            client.close();
        }
        until(() -> server.desk().table().all().isEmpty());
        assertThat(get("/v1/sockets/1/options")).startsWith("404");
    }

    @Test
    void deletedConnectionsAreReset() throws Exception {
        try (LentClient client = toPeer(); LentClient other = new LentClient(socket)) {
            StreamSocket peer = peer();
            assertThat(other.ask("DELETE", "/v1/sockets/" + client.id(), null).status).isEqualTo(204);
            assertThat(client.toTheEnd()).isZero();
            until(() -> (peer.ready() & Readiness.ERROR) != 0);
            peer.close();
        }
    }

    @Test
    void optionsAreAllSetOrNone() throws Exception {
        try (LentClient client = toPeer("Splnet-Options: {\"TCP_NODELAY\":1}\r\n");
                LentClient other = new LentClient(socket)) {
            String path = "/v1/sockets/" + client.id() + "/options";
            assertThat(other.ask("GET", path, null).body).contains("\"TCP_NODELAY\" : 1");
            assertThat(other.ask("PUT", path, "{\"IP_TTL\":9,\"TCP_KEEPCNT\":1000}").status).isEqualTo(422);
            assertThat(other.body).contains("TCP_KEEPCNT: 1000 must be a whole number in 1..127");
            assertThat(other.ask("GET", path, null).body).contains("\"IP_TTL\" : 0");
            assertThat(other.ask("PUT", path, "{\"IP_TTL\":9,\"TCP_KEEPCNT\":10}").status).isEqualTo(200);
            assertThat(other.ask("GET", path, null).body).contains("\"IP_TTL\" : 9", "\"TCP_KEEPCNT\" : 10");
            peer().close();
        }
    }

    @Test
    void quotasHoldAndComeBack() throws Exception {
        serve(withQuota(new Rule.Quota(3, 10, 1000, 1 << 20)));
        List<LentClient> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(LentClient.connect(socket, ECHO_AT));
        }
        try (LentClient more = LentClient.connect(socket, ECHO_AT)) {
            assertThat(more.status).isEqualTo(429);
            assertThat(more.body).contains("Rule test allows 3 sockets", "EMFILE");
        }
        all.getFirst().close();
        until(() -> server.desk().table().all().size() == 2);
        all.set(0, LentClient.connect(socket, ECHO_AT));
        assertThat(all.getFirst().status).isEqualTo(200);
        for (LentClient each : all) {
            each.close();
        }
    }

    @Test
    void moreThanAUserMayQueueIsNotTakenFromHim() throws Exception {
        serve(withQuota(new Rule.Quota(10, 10, 1000, 100_000)));
        StreamSocket peer;
        long written = 0;
        try (LentClient client = toPeer()) {
            peer = peer();
            client.channel.configureBlocking(false);
            var octets = java.nio.ByteBuffer.allocate(10_000);
            Lent lent = server.desk().table().get(Long.parseLong(client.id()));
            long most = 0;
            long beganNs = System.nanoTime();
            // First the peer's window fills, then what may be queued here; and then for half a second nothing
            // changes, although the queues are looked at five times.
            for (long fullNs = beganNs; System.nanoTime() - fullNs < SECOND / 2; ) {
                written += client.channel.write(octets.clear());
                long queued = lent.queued();
                most = Math.max(most, queued);
                fullNs = queued > 90_000 ? fullNs : System.nanoTime();
                assertThat(fullNs - beganNs).as("%d octets are queued", queued).isLessThan(20 * SECOND);
            }
            assertThat(most).isLessThan(180_000);
        }
        assertThat(all(peer)).isEqualTo(written);
        peer.close();
    }

    @Test
    void aStackThatStopsEndsItsClients() throws Exception {
        try (LentClient client = toPeer(); LentClient listener = LentClient.post(socket, "/v1/listen",
                "{\"local\":\"127.0.0.1:8080\"}")) {
            StreamSocket peer = peer();        // one that is reset before it is accepted is not
            server.close();
            assertThat(client.toTheEnd()).isZero();
            assertThat(listener.toTheEnd()).isZero();
            peer.close();
        }
    }

    /// Of listeners and of what has no connection there were the ends alone.
    @Test
    void eachKindIsShownWithItsQueuesAndItsProtocolsDetails() throws Exception {
        try (LentClient connected = LentClient.connect(socket, PEER.toString());
                LentClient listening = LentClient.post(socket, "/v1/listen",
                        "{\"local\":\"127.0.0.1:81\",\"backlog\":5}");
                LentClient datagrams = LentClient.post(socket, "/v1/datagram",
                        "{\"local\":\"127.0.0.1:82\"}")) {
            TcpInfo listener = host.tcp.infos().stream()
                    .filter(each -> each.local().port() == 81).findFirst().orElseThrow();
            assertThat(shown(listening, 0, 5))
                    .hasToString(new ObjectMapper().writeValueAsString(listener.details()));
            DatagramInfo datagram = host.udp.snapshot().stream()
                    .filter(each -> each.local().port() == 82).findFirst().orElseThrow();
            assertThat(shown(datagrams, 0, 0))
                    .hasToString(new ObjectMapper().writeValueAsString(datagram.details()));
            TcpInfo connection = host.tcp.infos().stream()
                    .filter(each -> PEER.equals(each.remote())).findFirst().orElseThrow();
            assertThat(shown(connected, 0, 0).fieldNames()).toIterable()
                    .containsExactlyElementsOf(connection.details().keySet());
        }
    }

    @Test
    void datagramSocketsThatCannotBeBoundTakeNoNumbers() throws Exception {
        String at = "{\"local\":\"127.0.0.1:82\"}";
        try (LentClient one = LentClient.post(socket, "/v1/datagram", at);
                LentClient not = LentClient.post(socket, "/v1/datagram", at);
                LentClient nor = LentClient.post(socket, "/v1/datagram", at);
                LentClient two = LentClient.post(socket, "/v1/datagram", "{}")) {
            assertThat(List.of(not.body, nor.body)).allMatch(body -> body.contains("EADDRINUSE"));
            assertThat(Long.parseLong(two.id())).isEqualTo(Long.parseLong(one.id()) + 1);
        }
    }

    /// As everywhere else.
    @ParameterizedTest
    @ValueSource(strings = {"POST /v1/listen", "POST /v1/attach/1", "GET /v1/sockets/1/error"})
    void aQueryThatNothingTakesIsRefused(String line) throws Exception {
        try (LentClient client = new LentClient(socket)) {
            client.ask(line.split(" ")[0], line.split(" ")[1] + "?ring=65536", "{}");
            assertThat(client.status).isEqualTo(422);
            assertThat(client.body).contains("?ring: unknown key, this takes none.");
        }
    }

    /// @return its details
    private JsonNode shown(LentClient client, int receiveQueue, int sendQueue) throws IOException {
        assertThat(client.status).isEqualTo(200);
        String answer = get("/v1/sockets/" + client.id());
        JsonNode shown = new ObjectMapper().readTree(answer.substring(4));
        JsonNode document = OpenApi.document();
        assertThat(new Schema(document).problems(document.at("/components/schemas/LentSocket"),
                shown)).isEmpty();
        assertThat(shown.path("receiveQueue").asInt(-1)).isEqualTo(receiveQueue);
        assertThat(shown.path("sendQueue").asInt(-1)).isEqualTo(sendQueue);
        return shown.path("details");
    }
}
