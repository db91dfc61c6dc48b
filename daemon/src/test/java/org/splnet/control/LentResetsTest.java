package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.splnet.socket.Readiness;
import org.splnet.socket.StreamSocket;

/// Connections of clients that end by a reset, from either side.
class LentResetsTest extends LentBed {
    @Test
    void aResetEndsBothDirectionsAndIsToldOnce() throws Exception {
        try (LentClient client = toPeer()) {
            StreamSocket peer = peer();
            peer.send(Unpooled.copiedBuffer(new byte[1000]));
            assertThat(client.read(1000)).hasSize(1000);
            peer.abort();
            assertThat(client.toTheEnd()).isZero();
            String error = "/v1/sockets/" + client.id() + "/error";
            try (LentClient looks = new LentClient(socket)) {
                looks.write("HEAD " + error + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
                assertThat(looks.line()).startsWith("HTTP/1.1 200 ");
                looks.toTheEnd();
            }
            assertThat(get(error)).isEqualTo("200 {\"errno\":\"ECONNRESET\"}");
            assertThat(get(error)).isEqualTo("200 {\"errno\":null}");
        }
    }

    @Test
    void aResetAfterTheEndIsNoticedToo() throws Exception {
        try (LentClient client = toPeer()) {
            StreamSocket peer = peer();
            peer.shutdownOutput();
            assertThat(client.toTheEnd()).isZero();
            peer.abort();
            until(() -> server.desk().table().all().isEmpty());
            assertThat(get("/v1/sockets/" + client.id()
                    + "/error")).isEqualTo("200 {\"errno\":\"ECONNRESET\",\"fin\":true}");
        }
    }

    @Test
    void aResetAfterAnEndThatNobodyHasReadSaysThatThereWasOne() throws Exception {
        try (LentClient client = toPeer()) {
            StreamSocket peer = peer();
            peer.send(Unpooled.copiedBuffer(new byte[1000]));
            peer.shutdownOutput();
            peer.abort();
            until(() -> server.desk().table().all().isEmpty());
            assertThat(client.toTheEnd()).isEqualTo(1000);
            assertThat(get("/v1/sockets/" + client.id()
                    + "/error")).isEqualTo("200 {\"errno\":\"ECONNRESET\",\"fin\":true}");
        }
    }

    /// What the client has not read yet stays, in the stack too; that it cannot write, and why, it is told
    /// meanwhile.
    @Test
    void aResetTakesNothingFromWhoReadsSlowly() throws Exception {
        int much = 400 << 10;                              // more than the descriptor holds
        try (LentClient client = toPeer()) {
            StreamSocket peer = peer();
            ByteBuf octets = Unpooled.wrappedBuffer(new byte[much]);
            while (octets.isReadable()) {
                if (peer.send(octets) == 0) {
                    peer.await(Readiness.WRITABLE, SECOND);
                }
            }
            until(() -> peer.sendQueued() == 0);
            peer.abort();
            assertThatThrownBy(() -> {
                for (; ; ) {
                    client.write("x");
                }
            }).isInstanceOf(IOException.class);
            String error = "/v1/sockets/" + client.id() + "/error";
            assertThat(get(error)).isEqualTo("200 {\"errno\":\"ECONNRESET\"}");
            assertThat(client.toTheEnd()).isEqualTo(much);
            assertThat(get(error)).isEqualTo("200 {\"errno\":null}");
        }
    }

    @Test
    void whoHasReadEverythingAndGoesDoesNotReset() throws Exception {
        for (int i = 0; i < 500; i++) {
            StreamSocket peer;
            try (LentClient client = toPeer()) {
                peer = peer();
                peer.send(Unpooled.copiedBuffer(new byte[] {1, 2, 3}));
                client.read(3);
            }
            assertThat(all(peer)).as("round %d", i).isZero();
            peer.close();
        }
    }

    @Test
    void aClientThatGoesWithOctetsUnreadResets() throws Exception {
        StreamSocket peer;
        try (LentClient client = toPeer()) {
            peer = peer();
            peer.send(Unpooled.copiedBuffer(new byte[10_000]));
            client.read(1);
        }
        until(() -> (peer.ready() & Readiness.ERROR) != 0);
        peer.close();
    }
}
