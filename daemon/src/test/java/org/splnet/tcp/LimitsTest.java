package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.tcp.Seg.fin;
import static org.splnet.tcp.Seg.synAck;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.pkt.Output;

/// What a connection tells of itself: what holds it up and for how long, to the nanosecond, and what it
/// counts.
@ExtendWith(NoLeaks.class)
class LimitsTest {
    private static TcpReport report(Drill tcp) {
        return tcp.tcp.infos().stream().filter(info -> info.report() != null).findFirst().orElseThrow()
                .report();
    }

    /// The reason is the first, and these were reasons for so many milliseconds; the others never.
    private static void waited(Drill tcp, String now, Object... reasonsAndMs) {
        TcpReport.Waits waits = report(tcp).waits();
        assertThat(waits.now()).as(tcp.log.toString()).isEqualTo(now);
        Map<String, Long> spent = waits.spentNs();
        long all = 0;
        for (int i = 0; i < reasonsAndMs.length; i += 2) {
            long ns = ms((Integer) reasonsAndMs[i + 1]);
            assertThat(spent).as(tcp.log.toString()).containsEntry((String) reasonsAndMs[i], ns);
            all += ns;
        }
        assertThat(spent.values().stream().mapToLong(Long::longValue).sum()).as("nothing else")
                .isEqualTo(all);
    }

    @Test
    void nothingHoldsItUpBeforeItIsOpen() {
        try (Drill tcp = drill().synSent().after(ms(10))) {
            waited(tcp, null);
        }
    }

    @Test
    void theUserHasNothingToSend() {
        try (Drill tcp = drill().accepted().after(ms(10)).write(1000).out(data(1, 1001)).after(ms(20))) {
            waited(tcp, "application", "application", 30);
            tcp.in(ack(1001)).after(ms(5));
            waited(tcp, "application", "application", 35);
        }
    }

    @Test
    void itIsCountedFromTheEndOfTheHandshakeOn() {
        try (Drill tcp = drill().synSent().after(ms(50)).in(synAck().acks(1).mss(1000)).after(ms(10))) {
            waited(tcp, "application", "application", 10);
        }
    }

    @Test
    void whatNagleHoldsBackWaitsForTheUser() {
        try (Drill tcp = drill().accepted().write(1000).out(data(1, 1001)).write(300).outNothing()
                .after(ms(20))) {
            waited(tcp, "application", "application", 20);
            tcp.in(ack(1001)).out(data(1001, 1301)).in(ack(1301));
        }
    }

    @Test
    void thePeerTakesNoMore() {
        try (Drill tcp = drill().accepted().after(ms(10)).in(ack(1).wnd(2000)).write(3000)
                .out(data(1, 1001), data(1001, 2001)).after(ms(7)).in(ack(2001).wnd(0)).after(ms(100))) {
            waited(tcp, "receive-window", "application", 10, "receive-window", 107);
            tcp.in(ack(2001).wnd(5000)).out(data(2001, 3001)).after(ms(4));
            waited(tcp, "application", "application", 14, "receive-window", 107);
        }
    }

    @Test
    void theNetworkTakesNoMore() {
        try (Drill tcp = drill().config("initialWindow", 2).accepted().write(5000)
                .out(data(1, 1001), data(1001, 2001)).outNothing().after(ms(30)).in(ack(2001))
                .out(data(2001, 3001), data(3001, 4001), data(4001, 5001)).after(ms(3))) {
            waited(tcp, "application", "congestion-window", 30, "application", 3);
        }
    }

    @Test
    void whatIsLostWaitsForTheCongestionWindow() {
        try (Drill tcp = drill().sack().config("initialWindow", 4).accepted().write(4000)
                .out(data(1, 1001), data(1001, 2001), data(2001, 3001), data(3001, 4001)).after(ms(400))) {
            long spent = report(tcp).waits().spentNs().get("congestion-window");
            assertThat(report(tcp).path().lost()).as(tcp.log.toString()).isPositive();
            assertThat(spent).isPositive();
            assertThat(report(tcp).waits().now()).isEqualTo("congestion-window");
            while (tcp.peer.take() != null) {
                // what went again
            }
            tcp.in(ack(4001));
            assertThat(report(tcp).waits().now()).isEqualTo("application");
        }
    }

    @Test
    void thePaceIsKept() {
        try (Drill tcp = drill().config("pacing", true).synReceived().after(ms(100)).in(ack(1).seq(1))
                .accept().write(10_000).after(ms(100)).in(ack(10_001)).write(60_000)) {
            assertThat(report(tcp).waits().now()).isEqualTo("pacing");
            tcp.after(ms(100));
            Map<String, Long> spent = report(tcp).waits().spentNs();
            assertThat(spent.get("pacing")).isBetween(ms(20), ms(60));
            assertThat(spent.get("congestion-window")).isEqualTo(ms(100) - spent.get("pacing"));
            while (tcp.peer.take() != null) {
                // all of the window
            }
        }
    }

    @Test
    void theSendBufferIsTooSmall() {
        try (Drill tcp = drill().buffers(4000, 60_000).accepted()) {
            assertThat(tcp.offer(6000)).isEqualTo(4000);
            tcp.out(data(1, 1001), data(1001, 2001), data(2001, 3001), data(3001, 4001)).after(ms(50));
            waited(tcp, "send-buffer", "send-buffer", 50);
            tcp.in(ack(4001)).after(ms(6));
            waited(tcp, "application", "send-buffer", 50, "application", 6);
        }
    }

    @Test
    void theInterfaceIsBusy() {
        try (Drill tcp = drill().accepted()) {
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.write(1000).outNothing().after(ms(50));
            waited(tcp, "device", "device", 50);
            tcp.network.answer = Output.SENT;
            tcp.after(ms(1000)).out(data(1, 1001)).in(ack(1001));
        }
    }

    @Test
    void theClientDoesNotRead() {
        try (Drill tcp = drill().buffers(4096, 4000).accepted().in(data(1, 2001)).out(ack(2001))
                .after(ms(10))) {
            assertThat(report(tcp).waits().unread()).isFalse();
            tcp.in(data(2001, 4001)).out(ack(4001).wnd(0)).after(ms(70));
            assertThat(report(tcp).waits().unread()).isTrue();
            assertThat(report(tcp).waits().unreadNs()).isEqualTo(ms(70));
            tcp.read(100).after(ms(5)).outNothing();
            assertThat(report(tcp).waits().unreadNs()).as("too little to tell the peer").isEqualTo(ms(75));
            tcp.read(3900).out(ack(4001).wnd(2000)).after(ms(30));
            assertThat(report(tcp).waits().unread()).isFalse();
            assertThat(report(tcp).waits().unreadNs()).isEqualTo(ms(75));
            waited(tcp, "application", "application", 115);
        }
    }

    @Test
    void whoHasAllNeedsNotReadAtOnce() {
        try (Drill tcp = drill().buffers(4096, 4000).accepted().in(data(1, 3901)).after(ms(10))
                .in(fin(3901).acks(1)).after(ms(500))) {
            assertThat(report(tcp).waits().unread()).isFalse();
            assertThat(report(tcp).waits().unreadNs()).isEqualTo(ms(10));
            while (tcp.peer.take() != null) {
                // acknowledgements
            }
            tcp.read(3900).readEnd();
        }
    }

    @Test
    void countsWhatGoesOverIt() {
        try (Drill tcp = drill().mss(1012).sack().timestamps().scale(3).synReceived().after(ms(20))
                .in(ack(1).seq(1)).accept().write(3000)
                .out(data(1, 1001), data(1001, 2001), data(2001, 3001)).after(ms(20))
                .in(ack(1).sack(1001, 3001)).after(ms(50)).out(data(1, 1001)).after(ms(20))
                .in(data(1, 501).acks(3001)).read(500).after(ms(100))) {
            TcpReport.Counts counts = report(tcp).counts();
            assertThat(counts.octetsAcked()).isEqualTo(3000);
            assertThat(counts.octetsReceived()).isEqualTo(500);
            assertThat(counts.octetsResent()).isEqualTo(1000);
            assertThat(counts.resent()).isEqualTo(1);
            assertThat(counts.segmentsIn()).isEqualTo(3);
            assertThat(counts.segmentsOut()).isEqualTo(5);
            assertThat(counts.sinceHeardNs()).isEqualTo(ms(100));
            assertThat(counts.sinceSentNs()).isBetween(ms(120), ms(170));
            TcpReport.Agreed agreed = report(tcp).agreed();
            assertThat(agreed).isEqualTo(new TcpReport.Agreed(true, true, false, 3, 0, "new-reno"));
            assertThat(report(tcp).path().minRttNs()).isBetween(ms(20) - 10, ms(20));
        }
    }

    @Test
    void countsTimeoutsAndBackOffs() {
        try (Drill tcp = drill().synReceived().after(ms(20)).in(ack(1).seq(1)).accept().write(1000)
                .after(ms(700))) {
            assertThat(report(tcp).counts().timeouts()).isEqualTo(2);
            assertThat(report(tcp).counts().backOffs()).isEqualTo(2);
            tcp.out(data(1, 1001), data(1, 1001), data(1, 1001)).in(ack(1001));
            assertThat(report(tcp).counts().timeouts()).isEqualTo(2);
            assertThat(report(tcp).counts().backOffs()).isZero();
        }
    }

    @Test
    void estimatesTheRateOfDelivery() {
        try (Drill tcp = drill().accepted().write(28_000).after(ms(100)).in(ack(10_001)).after(ms(100))
                .in(ack(28_001))) {
            assertThat(report(tcp).path().deliveryRate()).as("18,000 in 100 ms").isEqualTo(180_000);
            tcp.write(1000).after(ms(100)).in(ack(29_001));
            assertThat(report(tcp).path().deliveryRate()).as("there was no more").isEqualTo(180_000);
            while (tcp.peer.take() != null) {
                // all of it
            }
        }
    }

    @Test
    void tellsOfTheScoreboard() {
        try (Drill tcp = drill().sack().synReceived().after(ms(20)).in(ack(1).seq(1)).accept().write(10_000)
                .after(ms(20)).in(ack(1).sack(5001, 6001), ack(1).sack(5001, 7001))) {
            assertThat(report(tcp).path().sacked()).isEqualTo(2000);
            assertThat(report(tcp).path().inFlight()).isEqualTo(8000);
            tcp.in(ack(7001).sack());
            assertThat(report(tcp).path().reordered()).isTrue();
            tcp.in(ack(10_001));
            while (tcp.peer.take() != null) {
                // all of it
            }
        }
    }
}
