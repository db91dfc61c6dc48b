package org.splnet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.socket.CongestionAlgorithm;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.tcp.Knobs;
import org.splnet.tcp.TcpConfig;
import org.splnet.tcp.TcpInfo;
import org.splnet.wire.Endpoint;

/// The far ends of time: connections that last for weeks, and round trips of microseconds.
@ExtendWith(NoLeaks.class)
class EnduranceTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long HOUR = 3600 * SECOND;
    private static final long DAY = 24 * HOUR;
    private static final Endpoint SERVER = Endpoint.parse("10.0.0.2:80");

    /// Ten weeks: past the wrap of the timestamps, a clock of 32 bits in milliseconds (RFC 7323 §5.4), and
    /// with silences longer than the 24 days for which a remembered timestamp counts (§5.5). Every hour or so
    /// something is sent, one time in ten into the dark. In the end the window still is what the path has
    /// room for.
    @ParameterizedTest
    @EnumSource(CongestionAlgorithm.class)
    void aConnectionLivesForWeeks(CongestionAlgorithm algorithm) throws SocketException {
        long seed = TestSeed.next();
        var random = new SplittableRandom(seed);
        TcpConfig config = Knobs.with("congestionControl", algorithm);
        var sim = new Sim(seed, SimParams.path(0, SECOND / 50, 100_000_000, 250_000),
                Long.MAX_VALUE - 5 * 7 * DAY, config);     // the clock itself wraps half-way
        try (var bulk = new Bulk(sim, SocketOptions.DEFAULTS)) {
            long begun = sim.nowNs();
            sim.runTo(begun + SECOND);
            bulk.begin();
            long octets = 0;
            while (sim.nowNs() - begun < 70 * DAY) {
                octets += burst(bulk, random, octets);
                int what = random.nextInt(400);
                sim.runTo(sim.nowNs() + (what == 0 ? 25 * DAY : random.nextLong(2 * HOUR)));
                TcpInfo info = sender(sim);
                assertThat(info.cwnd()).as("seed %d", seed).isBetween(info.mss(), 4 << 20);
                assertThat(info.rtoNs()).as("seed %d", seed).isBetween(SECOND / 5, 120 * SECOND);
            }
            bulk.run(sim.nowNs() + 20 * SECOND);   // the last burst may have met the dark
            long from = bulk.received(0);
            bulk.run(sim.nowNs() + 20 * SECOND);
            assertThat((bulk.received(0) - from) * 8 / 20).as("seed %d", seed).isGreaterThan(80_000_000L);
        }
    }

    /// So much that the window has to open, or so little that it does not.
    private static long burst(Bulk bulk, SplittableRandom random, long before) throws SocketException {
        Sim sim = bulk.sim;
        long octets = 1 + random.nextLong(random.nextInt(8) == 0 ? 1_000_000 : 20_000);
        if (random.nextInt(10) == 0) {
            sim.link.dark(sim.nowNs() + random.nextLong(SECOND));
        }
        bulk.send(0, octets);
        long limitNs = sim.nowNs() + HOUR;
        bulk.await(before + octets, limitNs);
        assertThat(bulk.received(0)).isEqualTo(before + octets);
        return octets;
    }

    private static TcpInfo sender(Sim sim) {
        return sim.left.tcp.infos().stream().filter(each -> each.remote() != null).findFirst().orElseThrow();
    }

    /// Two microseconds there and back, far below every timer: nothing waits for one, with loss or without.
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.001, 0.01})
    void microsecondsAreNoStall(double loss) throws SocketException {
        long rate = 1_000_000_000;
        var sim = new Sim(3, SimParams.path(loss, 2000, rate, 256 << 10), 0, TcpConfig.DEFAULTS);
        try (var bulk = new Bulk(sim, SocketOptions.DEFAULTS)) {
            sim.runTo(SECOND);
            bulk.begin();
            long tookNs = bulk.carry(50_000_000, 20 * SECOND) - SECOND;
            assertThat(50_000_000 * 8.0 / tookNs).as("Gbit/s").isGreaterThan(loss == 0 ? 0.9 : 0.5);
        }
    }

    /// Questions and answers at that distance: no delayed acknowledgement, no timer in between.
    @Test
    void questionsAreAnsweredAtOnce() throws SocketException {
        try (var sim = new Sim(4, SimParams.path(0, 2000, 0, 0), 0, TcpConfig.DEFAULTS)) {
            sim.runTo(SECOND);
            ListenSocket listener = sim.right.tcp.listen(SERVER, 4, SocketOptions.DEFAULTS);
            StreamSocket client = sim.left.tcp.connect(null, SERVER, SocketOptions.DEFAULTS);
            sim.runTo(sim.nowNs() + SECOND);
            StreamSocket server = listener.accept();
            long begun = sim.nowNs();
            for (int i = 0; i < 1000; i++) {
                pass(sim, client, server);
                pass(sim, server, client);
            }
            assertThat((sim.nowNs() - begun) / 1000).as("ns each").isLessThan(10_000);
            client.abort();
            server.abort();
            listener.close();
        }
    }

    private static void pass(Sim sim, StreamSocket from, StreamSocket to) throws SocketException {
        from.send(Unpooled.wrappedBuffer(new byte[100]));
        long limitNs = sim.nowNs() + SECOND;
        ByteBuf got;
        while ((got = to.receive(100)) == null) {
            assertThat(sim.settle() > 0 || sim.step(limitNs)).isTrue();
        }
        assertThat(got.readableBytes()).isEqualTo(100);
        got.release();
    }
}
