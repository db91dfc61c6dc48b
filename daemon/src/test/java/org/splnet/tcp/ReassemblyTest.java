package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.s;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.tcp.Seg.fin;
import static org.splnet.tcp.Seg.rst;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.pkt.DropReason;
import org.splnet.socket.SockError;
import org.splnet.tcp.TcpStats.Counter;

/// RFC 9293 §3.10.7.4, seventh (SHLD-31): what arrives out of order is held, and how much of it.
@ExtendWith(NoLeaks.class)
class ReassemblyTest {
    @Test
    @Shows({"SHLD-31", "EVENT-21"})
    void deliversInOrderWhatCameOutOfOrder() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(2001, 3001)).out(ack(1)).in(data(1001, 2001)).out(ack(1)).readNothing()
                    .in(data(1, 1001)).out(ack(3001)).read(3000);
        }
    }

    @Test
    @Shows("EVENT-21")
    void takesOfOverlapsWhatIsNew() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(501, 1001), data(1501, 2001), data(301, 1801), data(251, 400), data(1, 301));
            Seg last = null;
            for (Seg seg; (seg = tcp.peer.take()) != null; last = seg) {
                assertThat(seg.len).isZero();
            }
            assertThat(last.ack).isEqualTo(2001);
            tcp.read(2000);
        }
    }

    @Test
    void holdsABoundedNumberOfPieces() {
        try (Drill tcp = drill().config("reassemblySegments", 4).accepted()) {
            for (int i = 1; i <= 10; i++) {
                tcp.in(data(1 + i * 200, 101 + i * 200)).out(ack(1));
            }
            assertThat(tcp.network.drops(DropReason.TCP_REASSEMBLY_FULL)).isEqualTo(6);
            tcp.counted(Counter.OUT_OF_ORDER, 4).counted(Counter.DUPLICATES, 0)
                    .in(data(201, 301)).out(ack(1)).counted(Counter.DUPLICATES, 1);
            assertThat(tcp.network.drops(DropReason.TCP_REASSEMBLY_FULL)).as("it is held").isEqualTo(6);
            tcp.in(data(1, 201)).out(ack(301)).in(data(301, 401)).out(ack(501)).in(data(501, 1201))
                    .out(ack(1201)).read(1200);
        }
    }

    /// A long window behind one hole.
    @Test
    void aHoleIsOneHoweverManySegmentsLieBehindIt() {
        try (Drill tcp = drill().config("reassemblySegments", 4).accepted()) {
            for (int at = 1001; at < 51_001; at += 1000) {
                tcp.in(data(at, at + 1000)).out(ack(1));
            }
            tcp.in(data(1, 1001)).out(ack(51_001)).read(51_000);
            assertThat(tcp.network.drops(DropReason.TCP_REASSEMBLY_FULL)).isZero();
        }
    }

    @Test
    void freesWhatItHoldsWhenTheConnectionEnds() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1001, 2001)).out(ack(1)).in(data(3001, 4001)).out(ack(1)).in(rst(1))
                    .error(SockError.ECONNRESET);
        }
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1001, 2001)).out(ack(1)).closes().out(fin(1)).after(s(1000)).gone();
            while (tcp.peer.take() != null) {
                assertThat(tcp.tcp.connections()).isZero();
            }
        }
    }

    @Test
    void nothingIsReadBehindAFinThatCameBefore() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(51, 101).withFin()).out(ack(1)).in(data(101, 151)).out(ack(1))
                    .in(data(1, 51)).out(ack(102)).read(100).readEnd().state(TcpState.CLOSE_WAIT);
        }
        try (Drill tcp = drill().accepted()) {
            tcp.in(fin(101).acks(1)).out(ack(1)).in(data(1, 151)).out(ack(102)).read(100).readEnd()
                    .state(TcpState.CLOSE_WAIT);
        }
    }

    @Test
    void nothingIsHeldBehindAFin() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(fin(101).acks(1)).out(ack(1)).in(data(201, 301)).out(ack(1)).in(data(1, 101)).out(ack(102))
                    .read(100).readEnd().state(TcpState.CLOSE_WAIT);
        }
    }

    /// All connections together have 64 KiB, and this one alone a window of more.
    private static Drill littleMemory() {
        return drill().config("receiveMemory", 65_536L).buffers(4096, 4 << 20).scale(0).accepted();
    }

    @Test
    void dataPastTheHardLimitOfTheMemoryIsDropped() {
        try (Drill tcp = littleMemory()) {
            for (int at = 1; at < 200_001; at += 1000) {
                tcp.in(data(at, at + 1000));
            }
            int acked = 0;
            for (Seg seg; (seg = tcp.peer.take()) != null; ) {
                acked = Math.max(acked, seg.ack);
            }
            assertThat(acked).as("what the window had promised").isBetween(60_000, 120_000);
            assertThat(tcp.tcp.receiveMemoryHeld()).isLessThan(82_000 + 2 * 32_768);
            tcp.read(acked - 1).in(data(acked, acked + 1000)).read(1000);
        }
    }

    /// To drop that as well would keep what is held behind it, and with it the memory, for ever.
    @Test
    void whatFillsAGapIsTakenPastTheHardLimit() {
        try (Drill tcp = littleMemory()) {
            int at = 1001;
            for (; !tcp.tcp.memory.refuses(tcp.tcb()); at += 1000) {
                tcp.in(data(at, at + 1000));
            }
            tcp.in(data(1, 1001)).read(at - 1);
            discard(tcp);
        }
    }

    /// One piece far away is no reason to take all that may come before it.
    @Test
    void aPieceFarAwayDoesNotLiftTheHardLimit() {
        try (Drill tcp = littleMemory()) {
            tcp.in(data(60_001, 61_001));
            for (int at = 1; at < 60_001; at += 1000) {
                tcp.in(data(at, at + 1000));
            }
            for (int at = 61_001; at < 200_001; at += 1000) {
                tcp.in(data(at, at + 1000));
            }
            discard(tcp);
            assertThat(tcp.tcp.receiveMemoryHeld()).isLessThan(82_000 + 2 * 32_768);
        }
    }

    /// RFC 2018 §8: and the peer sends it again.
    @Test
    void whatIsHeldOutOfOrderGoesWhenTextWouldHaveToBeDropped() {
        try (Drill tcp = littleMemory()) {
            for (int at = 1001; at < 200_001; at += 1000) {
                tcp.in(data(at, at + 1000));
            }
            tcp.after(s(2)).in(data(200_001, 201_001));
            assertThat(tcp.tcp.receiveMemoryHeld()).isZero();
            tcp.in(data(1, 1001)).read(1000);
            discard(tcp);
        }
    }

    private static void discard(Drill tcp) {
        while (tcp.peer.take() != null) {
            // acknowledgements, one for each
        }
    }
}
