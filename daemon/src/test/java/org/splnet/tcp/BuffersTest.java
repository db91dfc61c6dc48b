package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.tcp.Seg.rst;
import static org.splnet.tcp.Seg.syn;
import static org.splnet.tcp.Seg.synAck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketOptions;

/// Buffers nobody has asked for adapt: the receiver's by round trip and reader (RFC 9293 §3.8.6, RFC 7323
/// §2), the sender's by the congestion window. And `TCP_NOTSENT_LOWAT`.
@ExtendWith(NoLeaks.class)
class BuffersTest {
    private static DrillSetup auto() {
        return drill().buffers(SocketOptions.AUTO, SocketOptions.AUTO);
    }

    /// The peer sends 100,000 octets from `at` on, 20 ms apart from the last, which are acknowledged.
    private static void round(Drill tcp, int at, boolean read) {
        tcp.after(ms(20));
        for (int i = 0; i < 10; i++) {
            tcp.in(data(at + 10_000 * i, at + 10_000 * (i + 1)));
            if (read) {
                tcp.read(10_000);
            }
        }
        drain(tcp);
    }

    private static Seg drain(Drill tcp) {
        Seg last = null;
        for (Seg seg; (seg = tcp.peer.take()) != null; ) {
            last = seg;
        }
        return last;
    }

    @Test
    void theScaleOfASynFollowsTheMaximum() {                               // RFC 7323 §2.2
        try (Drill tcp = auto().listening()) {
            tcp.in(syn().mss(1000).scale(2)).out(synAck().scale(9).wnd(65_535));
        }
        try (Drill tcp = auto().config("receiveBufferMax", 1 << 20).listening()) {
            tcp.in(syn().mss(1000).scale(2)).out(synAck().scale(5).wnd(65_535));
        }
        try (Drill tcp = new Drill(auto().config("receiveBufferMax", 1 << 20)).connect()) {
            tcp.out(syn().scale(5));
        }
    }

    @Test
    void whatIsReadInARoundTripMakesRoomForTwiceThat() {
        for (boolean timestamps : new boolean[] {true, false}) {
            DrillSetup setup = auto().scale(7);
            if (timestamps) {
                setup.timestamps();
            }
            try (Drill tcp = setup.synReceived().after(ms(20)).in(ack(1).seq(1)).accept()) {
                assertThat(tcp.tcb().rcvLimit).isEqualTo(128 << 10);
                for (int i = 0; i < 5; i++) {
                    round(tcp, 1 + 100_000 * i, true);
                }
                assertThat(tcp.tcb().rcvLimit).as("timestamps %s", timestamps).isBetween(200_000, 400_000);
                tcp.in(data(500_001, 510_001), data(510_001, 520_001));
                assertThat(drain(tcp).wnd << 9).isGreaterThan(180_000);
                tcp.read(20_000);
            }
        }
    }

    @Test
    void aReaderThatDoesNotReadGetsNoMore() {
        try (Drill tcp = auto().scale(7).timestamps().synReceived().after(ms(20)).in(ack(1).seq(1))
                .accept()) {
            round(tcp, 1, false);
            tcp.after(ms(20)).in(data(100_001, 130_961));
            assertThat(drain(tcp).wnd).isZero();
            assertThat(tcp.tcb().rcvLimit).isEqualTo(128 << 10);
            tcp.read(130_960);
        }
    }

    @Test
    void noMoreThanTheMaximumAndNoneIfASizeWasAskedFor() {
        try (Drill tcp = auto().scale(7).config("receiveBufferMax", 150_000).accepted()) {
            for (int i = 0; i < 5; i++) {
                round(tcp, 1 + 100_000 * i, true);
            }
            assertThat(tcp.tcb().rcvLimit).isEqualTo(150_000);
        }
        try (Drill tcp = drill().buffers(4096, 120_000).scale(7).accepted()) {
            for (int i = 0; i < 5; i++) {
                round(tcp, 1 + 100_000 * i, true);
            }
            assertThat(tcp.tcb().rcvLimit).isEqualTo(120_000);
        }
    }

    @Test
    void underMemoryPressureNothingGrowsAndNothingIsTakenBack() {          // SHLD-14
        try (Drill tcp = auto().scale(7).config("receiveMemory", 300_000L).accepted()) {
            round(tcp, 1, true);
            round(tcp, 100_001, true);
            int grown = tcp.tcb().rcvLimit;
            assertThat(grown).isGreaterThan(200_000);
            int edge = 200_001 + tcp.tcb().window();
            for (int i = 0; i < 3; i++) {                                  // past half of the limit
                tcp.in(data(200_001 + 50_000 * i, 250_001 + 50_000 * i));
                Seg last = drain(tcp);
                if (last != null) {
                    assertThat(last.ack + (last.wnd << 9)).isBetween(edge - 511, edge + 511);
                }
            }
            assertThat(tcp.tcb().rcvLimit).isEqualTo(grown);
            tcp.read(150_000);
            round(tcp, 350_001, true);
            assertThat(tcp.tcb().window()).as("as it began").isGreaterThan(100_000);
        }
    }

    @Test
    void oneThatIsNotReadLeavesMemoryForTheOthersHoweverMuchItHasAskedFor() {
        try (Drill tcp = drill().buffers(4096, 1 << 30).scale(7).config("receiveMemory", 1L << 20)
                .accepted()) {
            assertThat(tcp.tcb().rcvLimit).as("no more than the stack's most").isEqualTo(16 << 20);
            for (int at = 1; at < 2_000_001; at += 40_000) {
                tcp.in(data(at, at + 40_000));
            }
            drain(tcp);
            assertThat(tcp.tcp.memory.pressed()).isTrue();
            assertThat(tcp.tcp.memory.exhausted()).isFalse();
            TcpSocket first = tcp.socket;
            tcp.in(syn().from(8).mss(1000).scale(7)).out(synAck().from(8)).in(ack(1).seq(1).from(8)).accept()
                    .in(data(1, 60_001).from(8)).out(ack(60_001).from(8)).read(60_000).write(1000)
                    .out(data(1, 1001).from(8)).in(ack(1001).seq(60_001).from(8));
            first.abort();
            tcp.out(rst(1));
        }
    }

    @Test
    void whatItHoldsOutOfOrderDoesNotKeepItFromGoingOn() {
        try (Drill tcp = drill().buffers(4096, 4 << 20).scale(7).config("receiveMemory", 1L << 20)
                .accepted()) {
            tcp.in(data(1, 1001)).read(1000);                              // the window is open
            for (int at = 3001; !tcp.tcp.memory.refuses(tcp.tcb()); at += 40_000) {
                tcp.in(data(at, at + 40_000));
            }
            assertThat(tcp.tcp.memory.exhausted()).isFalse();
            drain(tcp);
            tcp.in(data(1001, 2001)).out(ack(1001)).readNothing().in(data(1001, 2001), data(2001, 3001))
                    .read(2000);
            drain(tcp);
        }
    }

    @Test
    void theSendBufferIsTwiceTheCongestionWindow() {
        try (Drill tcp = auto().config("sendBuffer", 4096, "initialWindow", 4).scale(7).wnd(8000)
                .accepted()) {
            assertThat(tcp.offer(100_000)).isEqualTo(8000);
            tcp.out(data(1, 1001), data(1001, 2001), data(2001, 3001), data(3001, 4001)).outNothing()
                    .notReady(Readiness.WRITABLE).after(ms(20)).in(ack(4001));
            assertThat(tcp.tcb().cc.cwnd()).isEqualTo(8000);
            assertThat(tcp.tcb().sndLimit).isEqualTo(16_000);
            tcp.ready(Readiness.WRITABLE);
            assertThat(tcp.offer(100_000)).isEqualTo(12_000);
            drain(tcp);
        }
    }

    @Test
    void itIsThatFromTheBeginning() {
        try (Drill tcp = auto().config("sendBuffer", 2048).connected()) {
            assertThat(tcp.offer(30_000)).isEqualTo(20_000);
            drain(tcp);
        }
    }

    @Test
    void theSendBufferComesDownWithTheWindowAndTheWriterIsStillWoken() {
        try (Drill tcp = auto().config("sendBuffer", 4096).scale(7).wnd(8000).accepted()) {
            int[] woken = {0};
            tcp.socket.listener(events -> woken[0] += events & Readiness.WRITABLE);
            assertThat(tcp.offer(100_000)).isEqualTo(20_000);
            drain(tcp);
            woken[0] = 0;
            tcp.after(ms(1100));                                           // a timeout: one segment
            tcp.out(data(1, 1001)).in(ack(1001));
            assertThat(tcp.tcb().sndLimit).isLessThan(8000);
            assertThat(tcp.tcb().queued()).isEqualTo(19_000);
            assertThat(tcp.offer(100_000)).isZero();
            for (int at = 1001; woken[0] == 0; at += 1000) {
                assertThat(at).as("acknowledged without a word to the writer").isLessThan(20_001);
                tcp.after(ms(5)).in(ack(at + 1000));
                drain(tcp);
            }
            assertThat(tcp.offer(100_000)).isPositive();
            drain(tcp);
        }
    }

    @Test
    void aSizeThatIsAskedForLaterCountsAtOnce() {
        try (Drill tcp = auto().config("sendBuffer", 4096, "initialWindow", 2).accepted()) {
            int[] woken = {0};
            tcp.socket.listener(events -> woken[0] += events & Readiness.WRITABLE);
            assertThat(tcp.offer(100_000)).isEqualTo(4096);
            woken[0] = 0;
            tcp.options(tcp.setup.options.withBuffers(50_000, 60_000));
            assertThat(woken[0]).as("a larger buffer has room").isEqualTo(Readiness.WRITABLE);
            assertThat(tcp.offer(100_000)).isEqualTo(50_000 - 4096);
            drain(tcp);
            assertThat(tcp.tcb().rcvLimit).isEqualTo(60_000);
        }
    }

    @Test
    void littleWaitsToBeSentWhateverIsOnItsWay() {                         // TCP_NOTSENT_LOWAT
        DrillSetup setup = drill().config("initialWindow", 4);
        try (Drill tcp = setup.options(setup.options.withNotSentLowat(3000)).accepted()) {
            int[] woken = {0};
            tcp.socket.listener(events -> woken[0] += events & Readiness.WRITABLE);
            assertThat(tcp.offer(100_000)).as("the window and what may wait").isEqualTo(7000);
            tcp.out(data(1, 1001), data(1001, 2001), data(2001, 3001), data(3001, 4001)).outNothing()
                    .notReady(Readiness.WRITABLE);
            assertThat(tcp.offer(100_000)).isZero();
            woken[0] = 0;
            tcp.after(ms(20)).in(ack(1001)).out(data(4001, 5001), data(5001, 6001)).outNothing();
            assertThat(woken[0]).as("less than half waits").isEqualTo(Readiness.WRITABLE);
            tcp.ready(Readiness.WRITABLE);
            assertThat(tcp.offer(100_000)).isEqualTo(2000);
            assertThat(tcp.tcb().queued()).isEqualTo(8000);
        }
    }

    @Test
    void lessThanASegmentIsNeverAskedFor() {
        DrillSetup setup = drill().config("initialWindow", 2);
        try (Drill tcp = setup.options(setup.options.withNotSentLowat(1)).accepted()) {
            assertThat(tcp.offer(100_000)).isEqualTo(3000);
            tcp.out(data(1, 1001), data(1001, 2001)).outNothing();
            assertThat(tcp.offer(1)).isZero();
            tcp.after(ms(20)).in(ack(1001)).out(data(2001, 3001)).ready(Readiness.WRITABLE);
        }
    }

    @Test
    void theStackHasADefaultForWhatMayWait() {
        try (Drill tcp = drill().config("initialWindow", 2, "notSentLowat", 2000).accepted()) {
            assertThat(tcp.offer(100_000)).isEqualTo(4000);
            tcp.out(data(1, 1001), data(1001, 2001)).outNothing();
            tcp.options(tcp.setup.options.withNotSentLowat(Integer.MAX_VALUE));
            assertThat(tcp.offer(100_000)).as("but the socket may lift it").isEqualTo(100_000);
        }
    }
}
