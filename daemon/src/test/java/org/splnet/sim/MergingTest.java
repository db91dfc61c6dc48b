package org.splnet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.TestSeed;
import org.splnet.net.IfCounters;
import org.splnet.pkt.Offload;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.TcpConfig;

/// Segments that are merged in front of the stack are acknowledged like those that are not. That the
/// octets are right is what [ConversationTest] sees, most of whose devices do not merge either.
@ExtendWith(NoLeaks.class)
class MergingTest {
    private static final long SECOND = 1_000_000_000L;
    /// A hundred losses: with a quarter of them one run in a hundred was outside the bounds by chance alone.
    private static final long OCTETS = 80_000_000;

    @Test
    void acknowledgmentsAreAsManyWhereNothingIsLost() throws SocketException {
        compare(0);
    }

    /// Of segments behind a hole three are acknowledged at once, which is what a sender without SACK needs.
    @Test
    void acknowledgmentsAreNotManyFewerWhereSomethingIsLost() throws SocketException {
        compare(0.002);
    }

    private static void compare(double loss) throws SocketException {
        long seed = TestSeed.next();
        IfCounters.Reading alone = received(seed, loss, Offload.RX_MERGED);
        IfCounters.Reading merged = received(seed, loss, 0);
        assertThat(alone.inMerged()).isZero();
        assertThat(merged.inMerged()).as("seed %d", seed).isGreaterThan(merged.inPackets() / 2);
        assertThat((double) merged.outPackets() / merged.inPackets()).as("seed %d", seed)
                .isBetween(0.5 * alone.outPackets() / alone.inPackets(),
                        1.2 * alone.outPackets() / alone.inPackets());
    }

    private static IfCounters.Reading received(long seed, double loss, int offloads) throws SocketException {
        var params = new SimParams(loss, 0, 0, 5_000_000, 0, 1500, offloads, 0, 0);
        try (var bulk = new Bulk(new Sim(seed, params, 0, TcpConfig.DEFAULTS), SocketOptions.DEFAULTS)) {
            bulk.begin();
            bulk.carry(OCTETS, 600 * SECOND);
            assertThat(bulk.received(0)).as("seed %d", seed).isGreaterThanOrEqualTo(OCTETS);
            return bulk.sim.right.nic().info().counters();
        }
    }
}
