package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.syn;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.TcpHeader;

/// A listener, what it is opening, what nobody has taken yet, and what somebody has: each has an end of its
/// own.
@ExtendWith(NoLeaks.class)
class ListenerEndTest {
    private static final int EACH = 1000;

    @Test
    void closedWithAThousandOfEachItAnswersAndFreesAll() {
        try (Drill tcp = drill().backlog(EACH + 10).config("synCookies", SynCookies.NEVER).listening()) {
            for (int port = 1; port <= EACH; port++) {
                tcp.in(syn().mss(1000).from(port));
                tcp.peer.take();
                tcp.in(ack(1).seq(1).from(port));
            }
            for (int port = EACH + 1; port <= 2 * EACH; port++) {
                tcp.in(syn().mss(1000).from(port));
                tcp.peer.take();
            }
            tcp.accept();
            assertThat(tcp.listener.halfOpen()).isEqualTo(EACH);
            assertThat(tcp.listener.queued()).isEqualTo(EACH - 1);
            assertThat(tcp.tcp.connections()).isEqualTo(2 * EACH);

            tcp.listener.close();

            Set<Integer> answered = new HashSet<>();
            for (Seg seg; (seg = tcp.peer.take()) != null; ) {
                assertThat(seg.flags & TcpHeader.RST).as("%s", seg).isNotZero();
                answered.add(seg.port);
            }
            assertThat(answered).hasSize(2 * EACH - 1).doesNotContain(1);
            assertThat(tcp.listener.halfOpen()).isZero();
            assertThat(tcp.listener.queued()).isZero();
            assertThat(tcp.tcp.connections()).as("the one that was taken").isOne();
            assertThat(tcp.tcp.ports.uses(0, 0xffff_0000_0000L, Drill.PORT)).as("by that one").isOne();
            tcp.counted(Counter.ACCEPTS, EACH).in(Seg.data(1, 11).from(1)).read(10);
            tcp.socket.abort();
            assertThat(tcp.tcp.connections()).isZero();
            assertThat(tcp.tcp.ports.uses(0, 0xffff_0000_0000L, Drill.PORT)).isZero();
            assertThat(tcp.wheel.armed()).isZero();
        }
    }
}
