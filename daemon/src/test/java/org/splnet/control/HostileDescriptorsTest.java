package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.socket.DatagramSocket;
import org.splnet.socket.SocketOptions;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;
import org.splnet.unix.Lingering;
import org.splnet.wire.Endpoint;

/// Clients that pass on what waits when it is closed, and leave closing it to us, in every place where a
/// descriptor can be passed.
class HostileDescriptorsTest extends LentBed {
    private static final int EPERM = 1;
    private static final int WAITS_S = 20;
    private static final String CONNECT = "CONNECT " + ECHO_AT + " HTTP/1.1\r\nHost: x\r\n\r\n";

    private final CompletableFuture<Void> written = new CompletableFuture<>();
    private Lingering lingering;

    @BeforeEach
    void fill() throws IOException {
        lingering = new Lingering(WAITS_S);
    }

    @AfterEach
    void empty() throws IOException {
        written.complete(null);
        lingering.close();
    }

    /// Until [#written]. A poller that reads at once may have what is passed closed before we close it:
    /// then the last to do so, who waits, would be we.
    private void nothingIsRead() {
        CompletableFuture<Void> held = new CompletableFuture<>();
        server.poller().execute(() -> {
            held.complete(null);
            written.join();
        });
        held.join();
    }

    private void passes(RawClient client) {
        assertThat(client.pass('P', lingering.fd)).isEqualTo(1);
        lingering.leave();
        written.complete(null);
    }

    private void othersAreServed() throws Exception {
        long beganNs = System.nanoTime();
        try (LentClient client = LentClient.connect(socket, ECHO_AT)) {
            assertThat(client.write("hello").read(5)).asString().isEqualTo("hello");
        }
        assertThat(System.nanoTime() - beganNs).isLessThan(WAITS_S / 2 * SECOND);
    }

    @Test
    void insteadOfARequest() throws Exception {
        nothingIsRead();
        try (RawClient client = RawClient.of(server)) {
            passes(client);
            othersAreServed();
        }
    }

    /// Read past, unless it is in line, and closed by whoever does.
    @ParameterizedTest
    @ValueSource(strings = {"", CONNECT})
    void outOfBand(String before) throws Exception {
        nothingIsRead();
        try (RawClient client = RawClient.having(server, before)) {
            assumeThat(lingering.passUrgently(client.fd)).as("CONFIG_AF_UNIX_OOB").isEqualTo(1);
            lingering.leave();
            written.complete(null);
            othersAreServed();
        }
    }

    @Test
    void behindARequestForAStream() throws Exception {
        nothingIsRead();
        try (RawClient client = RawClient.having(server, CONNECT + "x".repeat(10_000))) {
            passes(client);
            assertThat(client.answer()).startsWith("HTTP/1.1 200 ");
            othersAreServed();
        }
    }

    @Test
    void onAStream() throws Exception {
        try (RawClient client = RawClient.having(server, CONNECT)) {
            assertThat(client.answer()).startsWith("HTTP/1.1 200 ");
            boolean none = Fd.mine().canPassNone(client.fd);        // Linux 6.16
            assertThat(client.pass('P', lingering.fd)).isEqualTo(none ? -EPERM : 1);
            assertThat(server.threads()).hasSize(none ? 1 : 0);
            if (none) {
                othersAreServed();
            }
        }
    }

    @Test
    void onAnAcceptedStream() throws Exception {
        try (RawClient client = RawClient.having(server, RawClient.request("POST", "/v1/listen",
                "{\"local\":\"127.0.0.1:7777\",\"descriptors\":true}"))) {
            assertThat(client.answer()).startsWith("HTTP/1.1 200 ");
            LentClient other = LentClient.connect(socket, "127.0.0.1:7777");
            RingClient.octet(client.fd);
            int accepted = Fd.mine().passed();
            assertThat(Fd.mine().pass(accepted, 'P', lingering.fd)).isIn(1, -EPERM);
            Fd.mine().close(accepted);
            other.close();
        }
    }

    @Test
    void unreadWhenTheConnectionEnds() throws Exception {
        List<RawClient> all = new ArrayList<>();
        for (int i = 0; i < ControlServer.Limits.DEFAULTS.share(); i++) {
            all.add(RawClient.of(server));
        }
        nothingIsRead();
        try (RawClient client = RawClient.of(server)) {
            passes(client);
            assertThat(client.answer()).startsWith("HTTP/1.1 429 ");
            all.forEach(RawClient::close);
            othersAreServed();
        }
    }

    @Test
    void amongDatagrams() throws Exception {
        try (RawClient asking = RawClient.of(server); RawClient client = RawClient.packets(asking,
                "{\"local\":\"127.0.0.1:0\",\"descriptors\":true}")) {
            assertThat(asking.answer()).startsWith("HTTP/1.1 200 ");
            nothingIsRead();
            passes(client);
            othersAreServed();
        }
    }

    /// He hears of his end however long others' descriptors take, and reads what was for him before.
    @Test
    void aheadOfTheEndOfAnother() throws Exception {
        DatagramSocket peer = host.udp.bind(PEER, SocketOptions.DEFAULTS);
        try (RawClient asking = RawClient.of(server); RawClient client = RawClient.packets(asking,
                "{\"local\":\"127.0.0.1:9102\",\"descriptors\":true}")) {
            assertThat(asking.answer()).startsWith("HTTP/1.1 200 ");
            ByteBuf octet = Unpooled.directBuffer().writeByte('x');
            peer.send(octet, Endpoint.parse("127.0.0.1:9102"));
            octet.release();
            until(() -> Fd.mine().unread(client.fd) > 0);
            nothingIsRead();
            passes(asking);
            othersAreServed();
            long beganNs = System.nanoTime();
            SocketTable table = server.desk().table();
            server.poller().execute(() -> List.copyOf(table.all()).forEach(table::end));
            assertThat(client.read()).isNotNull().endsWith('x');
            assertThat(client.read()).isNull();
            assertThat(System.nanoTime() - beganNs).isLessThan(WAITS_S / 2 * SECOND);
        }
        peer.close();
    }

    @Test
    void inAnotherThatIsPassed() throws Exception {
        try (RawClient asking = RawClient.of(server)) {
            int one = Fd.mine().pair(Fd.PACKETS);
            int other = Fd.mine().second();
            assertThat(Fd.mine().pass(one, 'x', lingering.fd)).isEqualTo(1);
            lingering.leave();
            assertThat(asking.pass('P', other)).isEqualTo(1);
            Fd.mine().close(other);
            Fd.mine().close(one);
            asking.write(RawClient.request("GET", "/v1/status", "").substring(1));
            assertThat(asking.answer()).contains("HTTP/1.1 ");
            othersAreServed();
        }
    }

    /// Whose descriptors are not closed as fast as they come is not served until they are.
    @Test
    void whoPassesTooManyLosesHisConnection() throws Exception {
        nothingIsRead();
        try (RawClient client = RawClient.of(server)) {
            passes(client);
            until(() -> client.pass('P', client.fd) == -Errno.EPIPE);
            assertThat(client.read()).isNull();
        }
        try (RawClient client = RawClient.of(server)) {
            assertThat(client.answer()).startsWith("HTTP/1.1 429 ").contains("not closed yet");
        }
        lingering.close();
        until(() -> RawClient.having(server, CONNECT).answer().startsWith("HTTP/1.1 200 "));
    }
}
