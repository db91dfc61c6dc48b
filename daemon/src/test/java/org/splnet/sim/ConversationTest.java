package org.splnet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.tcp.Knobs;
import org.splnet.tcp.TcpConfig;
import org.splnet.wire.Endpoint;
import org.splnet.wire.IpProto;
import org.splnet.wire.TcpHeader;

/// Two whole stacks over a hostile link, thousands of seeds: every octet right, every connection over, every
/// timer disarmed, every buffer back.
@ExtendWith(NoLeaks.class)
class ConversationTest {
    private static final int SEEDS = Integer.getInteger("sim.seeds", 2000);
    private static final Endpoint SERVER = Endpoint.parse("10.0.0.2:80");
    private static final long SECOND = 1_000_000_000L;
    /// A fifth of all frames lost, a tenth of a second away: slow, but it must end.
    private static final long PATIENCE_NS = 7200 * SECOND;
    /// Nobody gives up: ten losses in a row are rare, but not rarer than so many seeds.
    private static final TcpConfig CONFIG = Knobs.with("retransmitTimeoutNs", PATIENCE_NS,
            "synTimeoutNs", 3600 * SECOND, "maxRtoNs", 60 * SECOND);
    /// The ISN clock ticks every 4 µs (RFC 9293, 3.4.1).
    private static final long ISN_TICK_NS = 4000;
    /// Behind Ethernet and an IPv4 header without options.
    private static final int TCP_AT = 34;
    private static final int PROTO_AT = 23;

    @Test
    void everyConversationComesToItsEnd() {
        long first = TestSeed.next();
        int seeds = Long.getLong("seed") != null ? 1 : SEEDS;
        for (int i = 0; i < seeds; i++) {
            long seed = first + i;
            try {
                converse(seed);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ": replay with -Dseed=" + seed, e);
            }
        }
    }

    private static void converse(long seed) throws SocketException {
        var random = new SplittableRandom(seed);
        SimParams params = SimParams.random(random);
        long origin = random.nextLong() >>> 8;
        int near = switch (random.nextInt(4)) {
            case 0 -> 0;                                  // the sequence numbers wrap
            case 1 -> Integer.MIN_VALUE;                  // their sign changes
            default -> 1;                                 // anywhere
        };
        if (near != 1) {
            origin += ISN_TICK_NS * Integer.toUnsignedLong(near - 20_000 - firstIsn(seed, params, origin));
        }
        try (Sim sim = new Sim(seed, params, origin, CONFIG)) {
            converse(sim, random, params);
        }
    }

    /// The first sequence number of the conversation that this seed gives at this time.
    private static int firstIsn(long seed, SimParams params, long origin) throws SocketException {
        try (Sim sim = new Sim(seed, params, origin, CONFIG)) {
            int[] isn = {0, 0};
            sim.link.watch(frame -> {
                var header = new TcpHeader().wrap(frame.buf, frame.start + TCP_AT);
                if (frame.length() > TCP_AT && frame.buf.getUnsignedByte(frame.start
                        + PROTO_AT) == IpProto.TCP
                        && header.syn() && isn[0]++ == 0) {
                    isn[1] = header.seq();
                }
            });
            sim.left.tcp.connect(null, SERVER, SocketOptions.DEFAULTS);
            sim.settle();
            while (isn[0] == 0 && sim.step(origin + PATIENCE_NS)) {
                // until the neighbor is resolved and the SYN goes out
            }
            return isn[1];
        }
    }

    private static void converse(Sim sim, SplittableRandom random, SimParams params) throws SocketException {
        int connections = 1 + random.nextInt(3);
        SocketOptions options = SocketOptions.DEFAULTS.withBuffers(buffer(random), buffer(random))
                .withNoDelay(random.nextBoolean());
        ListenSocket listener = sim.right.tcp.listen(SERVER, 8, SocketOptions.DEFAULTS.withBuffers(
                buffer(random), buffer(random)));
        List<Talker> talkers = new ArrayList<>();
        // All of one size each way, so that it does not matter which connection is accepted first.
        long up = size(random);
        long down = size(random);
        for (int i = 0; i < connections; i++) {
            talkers.add(new Talker(sim.left.tcp.connect(null, SERVER, options), random.split(), 1, 2, up,
                    down,
                    sim.nowNs()));
        }
        long deadline = sim.nowNs() + PATIENCE_NS;
        int accepted = 0;
        while (talkers.size() < 2 * connections || !talkers.stream().allMatch(Talker::done)) {
            for (StreamSocket taken; (taken = listener.accept()) != null; accepted++) {
                talkers.add(new Talker(taken, random.split(), 2, 1, down, up, sim.nowNs()));
            }
            advance(sim, talkers, deadline);
            failIfOver(sim, talkers, deadline);
        }
        assertThat(accepted).isEqualTo(connections);
        for (Talker talker : talkers) {
            assertThat(talker.failure()).as("%s over %s", talker, params).isNull();
        }
        listener.close();
        sim.runTo(sim.nowNs() + 1200 * SECOND);
        assertThat(sim.left.tcp.connections()).as("left over on the left").isZero();
        assertThat(sim.right.tcp.connections()).as("left over on the right").isZero();
        assertThat(sim.left.tcp.receiveMemoryHeld() + sim.right.tcp.receiveMemoryHeld()).isZero();
    }

    private static void advance(Sim sim, List<Talker> talkers, long deadline) {
        boolean acted = false;
        for (Talker talker : talkers) {
            acted |= talker.act(sim.nowNs());
        }
        acted |= sim.settle() > 0;
        if (acted) {
            return;
        }
        long limit = deadline;
        for (Talker talker : talkers) {
            long until = talker.idleUntilNs();
            if (!talker.done() && until - sim.nowNs() > 0 && until - limit < 0) {
                limit = until;
            }
        }
        if (!sim.step(limit)) {
            sim.runTo(limit);
        }
    }

    private static void failIfOver(Sim sim, List<Talker> talkers, long deadline) {
        if (sim.nowNs() - deadline >= 0) {
            throw new AssertionError("stuck: " + talkers + " " + sim.left.tcp.infos() + " "
                    + sim.right.tcp.infos());
        }
    }

    private static int buffer(SplittableRandom random) {
        int[] sizes = {SocketOptions.AUTO, 2048, 4096, 16_384, 65_536, 300_000, 4 << 20};
        return sizes[random.nextInt(sizes.length)];
    }

    private static long size(SplittableRandom random) {
        return switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> random.nextInt(3000);
            default -> random.nextInt(100_000);
        };
    }
}
