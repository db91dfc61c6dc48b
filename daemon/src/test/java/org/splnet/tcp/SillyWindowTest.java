package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.socket.SocketOptions;

/// RFC 9293 §3.8.6.2: a reader who takes little at a time, at several segment and buffer sizes. The peer has
/// no silly-window avoidance of its own: it sends whatever the window allows, at once. It is our windows that
/// keep its segments large (MUST-39), and that keep it going (no update is missing).
@ExtendWith(NoLeaks.class)
class SillyWindowTest {
    private static final int[] MSS = {64, 536, 1460, 8960};
    private static final int[] BUFFERS = {2048, 8192, 60_000, 200_000, SocketOptions.AUTO};
    private static final int[] READS = {1, 100, 1000, 5000};
    private static final int MOST = 100_000;

    @Test
    void aSlowReaderMakesNoSillyWindows() {
        for (int mss : MSS) {
            for (int buffer : BUFFERS) {
                for (int amount : READS) {
                    var one = new Case(mss, buffer);
                    String what = mss + " in " + buffer + " by " + amount;
                    int read = one.run(amount);
                    assertThat(read).as("always something to read: " + what)
                            .isGreaterThanOrEqualTo(Math.min(1000 * amount, MOST));
                    // the last one before the window closes may be small, one for each time it opens
                    assertThat(one.segments).as("segments: " + what)
                            .isLessThanOrEqualTo((one.seq - 1) / one.mss + one.updates + 1);
                    assertThat(one.updates * (long) (one.least - 1)).as("updates: " + what)
                            .isLessThan(read + one.least + (1 << 17));
                    one.tcp.socket.abort();
                    one.tcp.close();
                }
            }
        }
    }

    @Test
    void aWindowThatOpensIsToldWithoutBeingAsked() {
        for (int mss : MSS) {
            for (int buffer : BUFFERS) {
                var one = new Case(mss, buffer);
                one.peer();
                assertThat(one.edge - one.seq).as("full").isLessThan(1 << one.tcp.tcb().rcvScale);
                one.tcp.read(one.tcp.socket.receiveQueued());
                Seg told = one.tcp.peer.take();
                assertThat(told).as(mss + " in " + buffer + "\n" + one.tcp.log).isNotNull();
                while (one.tcp.peer.take() != null) {
                    // more and more of it
                }
                one.tcp.in(ack(1)).outNothing();
                one.tcp.socket.abort();
                one.tcp.close();
            }
        }
    }

    @Test
    void aLargeWindowOpensInEighthsAsLongAsThereIsMoreToRead() {
        var one = new Case(1460, 1 << 20);
        one.peer();
        one.updates = 0;
        for (int piece = 1 << 13; one.tcp.socket.receiveQueued() > piece; ) {
            one.tcp.read(piece);
            one.told();
        }
        assertThat(one.updates).isEqualTo(4);
        assertThat(one.edge - one.seq).as("half is enough until the peer has sent something")
                .isBetween((1 << 19) - (1 << 10), 5 << 17);
        one.tcp.read(one.tcp.socket.receiveQueued());
        one.tcp.socket.abort();
        one.tcp.close();
    }

    /// One connection to a peer that sends whatever it may.
    private static final class Case {
        private final Drill tcp;
        private final int mss;
        private final int least;
        private int seq = 1;
        private int edge;
        private int segments;
        private int updates;

        Case(int mss, int buffer) {
            this.mss = mss;
            tcp = drill().buffers(4096, buffer).mss(mss).mtu(9000).scale(0).accepted();
            edge = 1 + tcp.tcb().window();
            least = Math.min(mss, tcp.tcb().rcvLimit / 2);
        }

        /// What we have said.
        ///
        /// @return false if that is nothing
        boolean told() {
            boolean any = false;
            for (Seg seg; (seg = tcp.peer.take()) != null; any = true) {
                int next = seg.ack + (seg.wnd << tcp.tcb().rcvScale);
                int grain = 1 << tcp.tcb().rcvScale;
                assertThat(next).as("the right edge moves right only").isGreaterThan(edge - grain);
                if (next - edge >= grain) {
                    assertThat(next - edge).as("in steps worth a segment").isGreaterThan(least - 2 * grain);
                    updates++;
                }
                edge = Math.max(edge, next);
            }
            return any;
        }

        /// What we have said, and what the peer does about it.
        void peer() {
            while (true) {
                boolean any = told();
                int len = Math.min(mss, edge - seq);
                if (len <= 0) {
                    if (!any) {
                        return;
                    }
                    continue;
                }
                tcp.in(data(seq, seq + len));
                seq += len;
                segments++;
            }
        }

        /// @return octets that were read
        int run(int amount) {
            int read = 0;
            for (int i = 0; i < 1000 && read < MOST; i++) {
                peer();
                tcp.after(ms(1));
                int waiting = tcp.socket.receiveQueued();
                if (waiting > 0) {
                    tcp.read(Math.min(amount, waiting));
                    read += Math.min(amount, waiting);
                }
            }
            return read;
        }
    }
}
