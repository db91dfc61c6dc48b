package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.sim.LoopbackHost.ECHO;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.splnet.NoLeaks;
import org.splnet.kern.Clock;
import org.splnet.kern.Lookout;
import org.splnet.service.StreamServer;
import org.splnet.service.status.FakeSource;
import org.splnet.sim.LoopbackHost;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.tcp.TcpConfig;
import org.splnet.unix.Credentials;
import org.splnet.wire.Endpoint;

/// A stack that talks to itself, with a control socket; and [#PEER], where a test is the other side.
@Timeout(120)
@ExtendWith(NoLeaks.class)
abstract class LentBed {
    static final long SECOND = 1_000_000_000L;
    static final String ECHO_AT = "127.0.0.1:" + ECHO;
    static final Endpoint PEER = Endpoint.parse("127.0.0.1:9000");

    @TempDir
    private Path dir;
    final Lookout lookout = new Lookout();
    Path socket;
    LoopbackHost host;
    ControlServer server;
    ListenSocket peers;

    @BeforeEach
    void start() throws Exception {
        host = new LoopbackHost(TcpConfig.DEFAULTS, new StreamServer.Limits(10_000, 60 * SECOND));
        peers = host.tcp.listen(PEER, 1024, SocketOptions.DEFAULTS);
        serve(Rule.everything(Credentials.own()));
    }

    void serve(Rule rule) throws ControlException {
        if (server != null) {
            server.close();
        }
        socket = dir.resolve("control.sock");
        server = ControlServer.open(socket, new ControlServer.Stack(new FakeSource(), new FakeSteering(),
                host.tcp, host.udp, host.echo, PooledByteBufAllocator.DEFAULT, Clock.system(),
                lookout), List.of(rule),
                ControlServer.Limits.DEFAULTS);
    }

    static Rule withQuota(Rule.Quota quota) {
        Rule all = Rule.everything(Credentials.own());
        return new Rule("test", all.uid(), all.gid(), true, all.bind(), all.connect(), false, false, quota);
    }

    @AfterEach
    void stop() {
        server.close();
        peers.close();
        host.close();
        assertThat(host.faults()).isZero();
    }

    /// The peer's side of a connection to [#PEER].
    StreamSocket peer() throws Exception {
        assertThat(peers.await(Readiness.ACCEPTABLE, 10 * SECOND)).isNotZero();
        return peers.accept();
    }

    LentClient toPeer(String... fields) throws IOException {
        LentClient client = LentClient.connect(socket, PEER.toString(), fields);
        assertThat(client.status).as(client.body).isEqualTo(200);
        return client;
    }

    static ByteBuf received(StreamSocket from) throws Exception {
        for (ByteBuf data; ; ) {
            if ((data = from.receive(1 << 20)) != null) {
                return data;
            }
            assertThat(from.await(Readiness.READABLE, 10 * SECOND)).isNotZero();
        }
    }

    /// Octets up to the end.
    static long all(StreamSocket from) throws Exception {
        for (long n = 0; ; ) {
            ByteBuf data = received(from);
            int length = data.readableBytes();
            data.release();
            if (length == 0) {
                return n;
            }
            n += length;
        }
    }

    String get(String path) throws IOException {
        try (LentClient client = new LentClient(socket)) {
            client.ask("GET", path, null);
            return client.status + " " + client.body.replaceAll("\\s", "");
        }
    }

    static void until(BooleanSupplier condition) {
        long untilNs = System.nanoTime() + 20 * SECOND;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - untilNs).as("waited for too long").isNegative();
            Thread.onSpinWait();
        }
    }
}
