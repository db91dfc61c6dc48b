package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.splnet.socket.DatagramInfo;
import org.splnet.socket.DatagramSocket;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;

/// Options of sockets that are open already.
class LentOptionsTest extends LentBed {
    private static final String LISTENER = "{\"local\":\"127.0.0.1:8080\"}";

    private static String at(LentClient client) {
        return "/v1/sockets/" + client.id() + "/options";
    }

    @Test
    void anOpenDatagramSocketsOptionsCanBeChanged() throws Exception {
        try (LentClient client = LentClient.post(socket, "/v1/datagram", "{\"local\":\"127.0.0.1:0\"}");
                LentClient other = new LentClient(socket)) {
            String changes = "{\"SO_BROADCAST\":1,\"IP_TOS\":8,\"SO_RCVBUF\":3000,\"SO_REUSEADDR\":1,"
                    + "\"IP_MTU_DISCOVER\":3}";
            assertThat(other.ask("PUT", at(client), changes).status).as(other.body).isEqualTo(200);
            assertThat(other.ask("GET", at(client), null).body).contains("\"SO_BROADCAST\" : 1",
                    "\"IP_TOS\" : 8", "\"IP_MTU_DISCOVER\" : 2", "\"SO_RCVBUF\" : 3000",
                    "\"SO_REUSEADDR\" : 1");
        }
    }

    @Test
    void aSmallerBufferHoldsLessFromThenOn() throws Exception {
        ByteBuf payload = Unpooled.buffer(100).writeZero(100);
        DatagramSocket to = host.udp.bind(PEER, SocketOptions.DEFAULTS);
        DatagramSocket from = host.udp.bind(Endpoint.parse("127.0.0.1:0"), SocketOptions.DEFAULTS);
        to.options(to.options().withBuffers(SocketOptions.AUTO, 4000));
        for (int i = 0; i < 200; i++) {
            from.send(payload.readerIndex(0), PEER);
        }
        until(() -> info(PEER).drops() > 0 && info(PEER).drops() + info(PEER).queuedDatagrams() == 200);
        assertThat(to.receiveQueued()).isBetween(100, 8000);
        payload.release();
        from.close();
        to.close();
    }

    private DatagramInfo info(Endpoint local) {
        return host.udp.snapshot().stream().filter(each -> each.local().equals(local)).findFirst()
                .orElseThrow();
    }

    @Test
    void whoComesToAListenerHasItsOptionsAsTheyAreThen() throws Exception {
        try (LentClient listener = LentClient.post(socket, "/v1/listen", LISTENER);
                LentClient other = new LentClient(socket)) {
            String changes = "{\"SO_RCVBUF\":300000,\"TCP_NODELAY\":1}";
            assertThat(other.ask("PUT", at(listener), changes).status).as(other.body).isEqualTo(200);
            try (LentClient client = LentClient.connect(socket, "127.0.0.1:8080")) {
                String id = listener.line().replaceAll(".*\"socket\":([0-9]+),.*", "$1");
                assertThat(other.ask("GET", "/v1/sockets/" + id + "/options", null).body)
                        .contains("\"SO_RCVBUF\" : 300000", "\"TCP_NODELAY\" : 1");
                assertThat(client.status).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"listen | {}", "datagram | {}",
        "datagram | {\"protocol\":\"icmp\"}"})
    void whatIsToldOfASocketCanBeSetAgain(String kind, String body) throws Exception {
        try (LentClient client = LentClient.post(socket, "/v1/" + kind, body);
                LentClient other = new LentClient(socket)) {
            String told = other.ask("GET", at(client), null).body;
            assertThat(told).contains("SO_RCVBUF", "IP_TTL");
            assertThat(other.ask("PUT", at(client), told).status).as(other.body).isEqualTo(200);
            assertThat(other.body).isEqualTo(told);
        }
    }

    @Test
    void congestionControlCanBeChangedAndMustBeKnown() throws Exception {
        try (LentClient client = LentClient.connect(socket, ECHO_AT);
                LentClient other = new LentClient(socket)) {
            assertThat(other.ask("PUT", at(client), "{\"TCP_CONGESTION\":\"bogus\"}").status).isEqualTo(422);
            assertThat(other.body).contains("ENOENT", "bogus", "cubic, new-reno");
            assertThat(other.ask("PUT", at(client), "{\"TCP_CONGESTION\":\"new-reno\"}").status)
                    .isEqualTo(200);
            assertThat(other.ask("GET", at(client), null).body).contains("\"TCP_CONGESTION\" : \"new-reno\"");
            assertThat(host.tcp.infos()).filteredOn(each -> each.report() != null)
                    .extracting(each -> each.report().agreed().congestionControl())
                    .containsOnlyOnce("new-reno");
        }
        try (LentClient listener = LentClient.post(socket, "/v1/listen", LISTENER);
                LentClient other = new LentClient(socket)) {
            assertThat(other.ask("PUT", at(listener), "{\"TCP_CONGESTION\":\"bogus\"}").status)
                    .isEqualTo(422);
        }
    }

    @ParameterizedTest
    @CsvSource({"datagram, TCP_NODELAY", "listen, UDP_SEGMENT"})
    void anotherProtocolsOptionIsNone(String kind, String name) throws Exception {
        try (LentClient client = LentClient.post(socket, "/v1/" + kind, LISTENER);
                LentClient other = new LentClient(socket)) {
            assertThat(other.ask("PUT", at(client), "{\"IP_TTL\":9,\"" + name + "\":1}").status)
                    .isEqualTo(422);
            assertThat(other.body).contains("ENOPROTOOPT", name);
            assertThat(other.ask("GET", at(client), null).body).contains("\"IP_TTL\" : 0");
        }
    }
}
