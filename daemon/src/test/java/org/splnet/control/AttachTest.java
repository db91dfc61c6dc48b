package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.wire.Endpoint;

/// Connections that a listener has announced by lines, and that are taken by other Unix connections.
class AttachTest extends LentBed {
    private static final String AT = "127.0.0.1:8080";

    private LentClient listening() throws IOException {
        return LentClient.post(socket, "/v1/listen", "{\"local\":\"" + AT + "\"}");
    }

    private StreamSocket comes() throws Exception {
        return host.tcp.connect((Endpoint) null, Endpoint.parse(AT), SocketOptions.DEFAULTS);
    }

    private static String announced(LentClient listener) throws IOException {
        return listener.line().replaceAll(".*\"socket\":([0-9]+),.*", "$1");
    }

    private void onlyLeft(int sockets) {
        until(() -> server.desk().table().all().size() == sockets);
    }

    @Test
    void whatIsClaimedOutlivesItsListener() throws Exception {
        StreamSocket first;
        StreamSocket second;
        String id;
        try (LentClient listener = listening()) {
            first = comes();
            id = announced(listener);
            second = comes();
            announced(listener);
            listener.write(id + "\n");
        }
        onlyLeft(1);
        until(() -> (second.ready() & Readiness.ERROR) != 0);
        try (LentClient taken = LentClient.post(socket, "/v1/attach/" + id, null)) {
            assertThat(taken.status).isEqualTo(200);
            first.send(Unpooled.copiedBuffer(new byte[] {1, 2, 3}));
            assertThat(taken.read(3)).containsExactly(1, 2, 3);
        }
        first.close();
        second.close();
    }

    @Test
    void claimsComeInAnyPiecesAndAsManyAsTheyMay() throws Exception {
        try (LentClient listener = listening()) {
            StreamSocket peer = comes();
            String id = announced(listener);
            listener.write("1\n12345".repeat(20_000)).write("\n").write(id);
            assertThat(listener.write("\n").channel.isOpen()).isTrue();
            StreamSocket another = comes();
            assertThat(announced(listener)).isNotEqualTo(id);
            try (LentClient taken = LentClient.post(socket, "/v1/attach/" + id, null)) {
                assertThat(taken.status).isEqualTo(200);
            }
            peer.close();
            another.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "x", "-1\n", "1234567890123456789\n", "GET / HTTP/1.1\r\n\r\n"})
    void whatIsNoClaimEndsTheListener(String said) throws Exception {
        try (LentClient listener = listening()) {
            listener.write(said);
            onlyLeft(0);
        }
    }

    /// What is unread in the Unix connection is the answer, and not the peer's.
    @Test
    void whoWritesAndClosesWithoutReadingDoesNotReset() throws Exception {
        try (LentClient listener = listening()) {
            for (int i = 0; i < 200; i++) {
                StreamSocket peer = comes();
                String id = announced(listener);
                try (LentClient taken = new LentClient(socket)) {
                    taken.write("POST /v1/attach/" + id + " HTTP/1.1\r\nHost: x\r\n\r\ntext");
                    if (i % 2 == 0) {
                        until(() -> (peer.ready() & Readiness.READABLE) != 0);      // so it has been answered
                    }
                }
                assertThat(all(peer)).as("round %d", i).isEqualTo(4);
                peer.close();
                onlyLeft(1);
            }
        }
    }

    @Test
    void behindAnAttachThatFailsNothingIsARequest() throws Exception {
        try (LentClient client = new LentClient(socket)) {
            client.write("POST /v1/attach/77 HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n").answered();
            assertThat(client.status).isEqualTo(404);
            assertThat(client.toTheEnd()).isZero();
        }
    }

    @Test
    void whoComesTooLateIsToldThatItIsReset() throws Exception {
        String id;
        StreamSocket peer;
        try (LentClient listener = listening()) {
            peer = comes();
            id = announced(listener);
        }
        onlyLeft(0);
        peer.close();
        assertThat(get("/v1/sockets/" + id + "/error")).isEqualTo("200 {\"errno\":\"ECONNRESET\"}");
    }
}
