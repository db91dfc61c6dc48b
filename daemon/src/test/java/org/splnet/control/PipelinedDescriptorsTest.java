package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.splnet.socket.DatagramSocket;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketOptions;
import org.splnet.unix.Fd;
import org.splnet.wire.Endpoint;

/// Requests that follow each other without waiting, each with the descriptor that came with its first octet,
/// however the kernel puts the pieces together.
class PipelinedDescriptorsTest extends LentBed {
    private static final int HEADER = 40;
    private static final String STATUS = RawClient.request("GET", "/v1/status", "");

    private final CompletableFuture<Void> written = new CompletableFuture<>();

    private DatagramSocket peer(int port) throws Exception {
        return host.udp.bind(new Endpoint(PEER.addr(), port), SocketOptions.DEFAULTS);
    }

    private static String to(int port) {
        return "{\"local\":\"127.0.0.1:0\",\"remote\":\"127.0.0.1:" + port + "\",\"descriptors\":true}";
    }

    /// @return all answers to `n` requests
    private static String answers(RawClient from, int n) {
        StringBuilder text = new StringBuilder();
        while (text.toString().split("HTTP/1.1 ", -1).length <= n) {
            text.append(new String(from.read(), StandardCharsets.ISO_8859_1));
        }
        return text.toString();
    }

    private static void arrives(RawClient from, DatagramSocket at, String text) throws Exception {
        byte[] octets = new byte[HEADER + text.length()];
        System.arraycopy(text.getBytes(StandardCharsets.US_ASCII), 0, octets, HEADER, text.length());
        from.write(octets);
        assertThat(at.await(Readiness.READABLE, 10 * SECOND)).as(text).isNotZero();
        var got = at.receive().data();
        assertThat(got.toString(StandardCharsets.US_ASCII)).isEqualTo(text);
        got.release();
    }

    @Test
    void oneBehindARequestThatHasNone() throws Exception {
        DatagramSocket peer = peer(9101);
        server.poller().execute(written::join);
        try (RawClient asking = RawClient.having(server, STATUS + STATUS);
                RawClient client = RawClient.packets(asking, to(9101))) {
            asking.write(STATUS);
            written.complete(null);
            assertThat(answers(asking, 4)).doesNotContain("HTTP/1.1 4");
            arrives(client, peer, "mine");
        }
        peer.close();
    }

    @Test
    void twoBehindEachOther() throws Exception {
        DatagramSocket one = peer(9101);
        DatagramSocket other = peer(9102);
        server.poller().execute(written::join);
        try (RawClient asking = RawClient.of(server);
                RawClient first = RawClient.packets(asking, to(9101));
                RawClient second = RawClient.packets(asking, to(9102))) {
            written.complete(null);
            assertThat(answers(asking, 2)).doesNotContain("HTTP/1.1 4");
            arrives(second, other, "second");
            arrives(first, one, "first");
        }
        one.close();
        other.close();
    }

    /// The first has none, and does not get the other's.
    @Test
    void oneOfThoseThatShouldHaveHadOne() throws Exception {
        DatagramSocket peer = peer(9101);
        try (RawClient asking = RawClient.of(server)) {
            int wrong = Fd.mine().pair(Fd.STREAM);
            int second = Fd.mine().second();
            server.poller().execute(written::join);
            asking.pass('P', wrong);
            asking.write(RawClient.request("POST", "/v1/datagram", to(9101)).substring(1));
            try (RawClient client = RawClient.packets(asking, to(9101))) {
                written.complete(null);
                assertThat(answers(asking, 2)).containsSubsequence("HTTP/1.1 422", "HTTP/1.1 200");
                arrives(client, peer, "mine");
            }
            Fd.mine().close(wrong);
            Fd.mine().close(second);
        }
        peer.close();
    }
}
