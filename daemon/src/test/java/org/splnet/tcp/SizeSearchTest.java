package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.Drill.s;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.pkt.Output;
import org.splnet.tcp.TcpStats.Counter;

/// RFC 4821 and RFC 8899: a path that swallows large segments without a word.
@ExtendWith(NoLeaks.class)
class SizeSearchTest {
    private static final int MSS = 1460;

    private static Drill transfer(DrillSetup setup) {
        return setup.mss(MSS).sack().synReceived().after(ms(20)).in(ack(1).seq(1)).accept().write(60_000);
    }

    /// A peer behind a path that carries segments up to `most` only, acknowledged after 20 ms. It holds one
    /// run of what comes out of order, which is all there is when one probe in a window is lost.
    private static void carry(Drill tcp, int most, int octets) {
        int got = 1;
        int heldFrom = 0;
        int heldTo = 0;
        for (int step = 0; step < 3000 && got <= octets; step++) {
            for (Seg seg; (seg = tcp.peer.take()) != null; ) {
                if (seg.len <= most && seg.seq <= got) {
                    got = Math.max(got, seg.seq + seg.len);
                } else if (seg.len <= most && (heldTo == 0 || seg.seq == heldTo)) {
                    heldFrom = heldTo == 0 ? seg.seq : heldFrom;
                    heldTo = seg.seq + seg.len;
                }
            }
            if (heldTo > 0 && heldFrom <= got) {
                got = Math.max(got, heldTo);
                heldTo = 0;
            }
            tcp.after(ms(20)).in(heldTo == 0 ? ack(got) : ack(got).sack(heldFrom, heldTo));
        }
        assertThat(got).isGreaterThan(octets);
    }

    @Test
    @Shows("RFC8899-4.3")
    void segmentsBecomeSmallerUntilTheyGetThrough() {
        try (Drill tcp = transfer(drill())) {
            carry(tcp, 1200, 60_000);
            tcp.counted(Counter.BLACK_HOLES, 1);
            assertThat(tcp.tcb().mss).isBetween(SizeSearch.BASE, 1200);
        }
    }

    @Test
    @Shows({"RFC8899-5", "RFC4821-7.5"})
    void theSizeIsFoundByProbesWhoseLossIsNoCongestion() {
        try (Drill tcp = transfer(drill().buffers(4 << 20, 60_000))) {
            tcp.write(2_000_000);
            carry(tcp, 1300, 2_000_000);
            assertThat(tcp.tcb().mss).isBetween(1300 - 16, 1300);
            assertThat(tcp.tcp.stats().count(Counter.SIZE_PROBES)).isBetween(4L, 30L);
            assertThat(tcp.tcp.stats().count(Counter.RETRANSMIT_TIMEOUTS)).isLessThan(6);
        }
    }

    @Test
    void aFalseAlarmIsOverWithTheFirstProbe() {
        try (Drill tcp = transfer(drill().buffers(4 << 20, 60_000))) {
            while (tcp.peer.take() != null) {
                // the peer was away
            }
            tcp.after(s(3));
            while (tcp.peer.take() != null) {
                // for a while
            }
            tcp.counted(Counter.BLACK_HOLES, 1);
            tcp.write(500_000);
            carry(tcp, MSS, 560_000);
            assertThat(tcp.tcb().mss).isEqualTo(MSS);
            tcp.counted(Counter.SIZE_PROBES, 1);
        }
    }

    @Test
    void aProbeThatTheQueueRefusesGoesLater() {
        try (Drill tcp = transfer(drill())) {
            tcp.after(s(3)).counted(Counter.BLACK_HOLES, 1);
            tcp.in(ack(14_601)).counted(Counter.SIZE_PROBES, 0);
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.in(ack(tcp.tcb().sndMax - tcp.tcb().iss)).counted(Counter.SIZE_PROBES, 0);
            tcp.network.answer = Output.SENT;
            tcp.after(ms(202)).counted(Counter.SIZE_PROBES, 1);
            underWay(tcp, List.of(), 0);
        }
    }

    /// It was what went instead that was taken for the probe, and too big as well, until the timeout.
    @Test
    void whereThePathNarrowsUnderAProbeWhatFitsGoesAtOnce() {
        try (Drill tcp = transfer(drill().largestSend(60_020))) {
            tcp.after(s(3)).counted(Counter.BLACK_HOLES, 1);
            tcp.in(ack(14_601));
            underWay(tcp, List.of(), 0);
            tcp.network.narrows = 1100;
            tcp.in(ack(tcp.tcb().sndMax - tcp.tcb().iss)).counted(Counter.SIZE_PROBES, 0);
            assertThat(underWay(tcp, List.of(), 0)).isNotEmpty();
            assertThat(tcp.tcb().mss).isEqualTo(1060);
            assertThat(tcp.tcb().sizes.isProbe(tcp.tcb().sndUna)).isFalse();
        }
    }

    @Test
    void theLeastIsWhatEveryHostTakes() {
        try (Drill tcp = transfer(drill())) {
            carry(tcp, 600, 60_000);
            assertThat(tcp.tcb().mss).isBetween(Mss.LEAST, 600);
        }
    }

    @Test
    void withTimestampsTheirRoomIsCounted() {
        try (Drill tcp = transfer(drill().timestamps())) {
            carry(tcp, 1200, 60_000);
            assertThat(tcp.tcb().mss).isBetween(SizeSearch.BASE - 12, 1200);
        }
    }

    @Test
    void smallSegmentsAreNoReasonForSuspicion() {
        try (Drill tcp = drill().mss(MSS).sack().noDelay().accepted().write(500)) {
            tcp.after(s(30)).counted(Counter.BLACK_HOLES, 0);
            assertThat(tcp.tcb().mss).isEqualTo(MSS);
            while (tcp.peer.take() != null) {
                // again and again
            }
        }
    }

    @Test
    void canBeSwitchedOff() {
        try (Drill tcp = transfer(drill().config("mtuProbing", false))) {
            tcp.after(s(30)).counted(Counter.BLACK_HOLES, 0);
            while (tcp.peer.take() != null) {
                // again and again
            }
        }
    }

    /// What is on its way, with what has just been sent.
    private static List<Seg> underWay(Drill tcp, List<Seg> before, int una) {
        List<Seg> all = new ArrayList<>(before);
        for (Seg seg; (seg = tcp.peer.take()) != null; ) {
            all.add(seg);
        }
        all.removeIf(each -> each.seq < una);
        return all;
    }

    private static boolean isProbe(Seg seg) {
        return seg.len > SizeSearch.BASE;
    }

    /// Whose loss was it? So it is neither too big nor, when it has gone again in parts, proved.
    @Test
    @Shows("RFC4821-7.5")
    void aProbeThatIsLostBehindAnotherSaysNothing() {                      // RFC 4821 §7.6.2
        try (Drill tcp = transfer(drill().buffers(4 << 20, 60_000)).write(200_000)) {
            tcp.after(s(3)).counted(Counter.BLACK_HOLES, 1);
            underWay(tcp, List.of(), 0);
            int una = 1 + SizeSearch.BASE;
            tcp.in(ack(una));
            List<Seg> all = underWay(tcp, List.of(), una);
            while (all.stream().noneMatch(SizeSearchTest::isProbe)) {
                una = all.getFirst().seq + all.getFirst().len;
                tcp.after(ms(1)).in(ack(una));
                all = underWay(tcp, all, una);
            }
            Seg probe = all.stream().filter(SizeSearchTest::isProbe).findFirst().orElseThrow();
            Seg lost = all.get(all.indexOf(probe) - 1);
            tcp.after(ms(1)).in(ack(lost.seq));
            all = underWay(tcp, all, lost.seq);
            Seg last = all.getLast();
            assertThat(last.seq).as("enough to tell").isGreaterThan(probe.seq + 3 * SizeSearch.BASE);
            tcp.after(ms(20)).in(ack(lost.seq).sack(probe.seq + probe.len, last.seq + last.len)).after(ms(5));
            List<Seg> again = underWay(tcp, List.of(), 0);
            assertThat(again).anyMatch(each -> each.seq.equals(probe.seq)).allMatch(each -> !isProbe(each));
            tcp.in(ack(last.seq + last.len));
            assertThat(tcp.tcb().mss).isEqualTo(SizeSearch.BASE);
            underWay(tcp, List.of(), 0);
        }
    }

    /// Without SACK there are no probes, so the most is believed in again after a while.
    @Test
    void withoutSackTheMostIsTriedAgainAfterAWhile() {                     // RFC 8899 §5.1.1
        try (Drill tcp = drill().mss(MSS).synReceived().after(ms(20)).in(ack(1).seq(1)).accept()
                .write(5000)) {
            tcp.after(s(3));
            while (tcp.peer.take() != null) {
                // the peer was away
            }
            assertThat(tcp.tcb().mss).isEqualTo(SizeSearch.BASE);
            tcp.in(ack(5001)).outNothing().after(s(599)).write(10).in(ack(5011));
            assertThat(tcp.tcb().mss).isEqualTo(SizeSearch.BASE);
            tcp.after(s(2)).write(10).in(ack(5021)).write(2920);
            while (tcp.peer.take() != null) {
                // what went meanwhile
            }
            assertThat(tcp.tcb().mss).isEqualTo(MSS);
        }
    }
}
