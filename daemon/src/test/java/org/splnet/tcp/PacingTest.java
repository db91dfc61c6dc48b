package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.pkt.Output;

/// A window goes out over its round trip, not at once.
@ExtendWith(NoLeaks.class)
class PacingTest {
    private static Drill over(long rttNs, DrillSetup setup) {
        return setup.config("pacing", true).sack().synReceived().after(rttNs).in(ack(1).seq(1)).accept();
    }

    /// The same behind its first window, of ten segments, with one of eighteen.
    private static Drill behind(long rttNs, DrillSetup setup) {
        Drill tcp = over(rttNs, setup).write(10_000);
        drain(tcp);
        return tcp.after(rttNs).in(ack(10_001));
    }

    private static int drain(Drill tcp) {
        int octets = 0;
        for (Seg seg; (seg = tcp.peer.take()) != null; ) {
            octets += seg.len;
        }
        return octets;
    }

    @Test
    void aWindowTakesHalfARoundTripInSlowStart() {
        try (Drill tcp = behind(ms(100), drill()).write(60_000)) {
            int before = drain(tcp);
            assertThat(before).isBetween(1000, 4000);
            int sent = before;
            for (int i = 0; i < 5; i++) {
                tcp.after(ms(10));
                int now = drain(tcp);
                assertThat(now).as("in 10 of 100 ms, of 18000 octets").isBetween(2000, 5000);
                sent += now;
            }
            assertThat(sent).isEqualTo(18_000);
            tcp.outNothingFor(ms(100));
        }
    }

    @Test
    void theFirstWindowGoesAtOnce() {                                      // RFC 6928
        try (Drill tcp = over(ms(100), drill()).write(60_000)) {
            assertThat(drain(tcp)).isEqualTo(10_000);
        }
    }

    @Test
    void ofALargerFirstWindowTenSegmentsGoAtOnce() {
        try (Drill tcp = over(ms(100), drill().config("initialWindow", 40)).write(60_000)) {
            assertThat(drain(tcp)).isBetween(10_000, 13_000);
        }
    }

    @Test
    void onAShortPathItGoesAtOnce() {
        try (Drill tcp = over(ms(4), drill()).write(60_000)) {
            assertThat(drain(tcp)).isEqualTo(10_000);
        }
    }

    @Test
    void aQueueDoesNotMakeAShortPathLong() {
        try (Drill tcp = over(ms(1), drill()).write(60_000)) {
            assertThat(drain(tcp)).isEqualTo(10_000);
            tcp.after(ms(80)).in(ack(10_001));
            assertThat(tcp.tcb().rtt.srttNs()).isGreaterThan(ms(10));
            assertThat(drain(tcp)).isEqualTo(18_000);
        }
    }

    @Test
    void canBeSwitchedOffUnderAConnection() {
        try (Drill tcp = over(ms(100), drill())) {
            tcp.tcp.configure(Knobs.with(tcp.tcp.cfg, "pacing", false));
            assertThat(drain(tcp.write(60_000))).isEqualTo(10_000);
        }
    }

    @Test
    void canBeSwitchedOff() {
        try (Drill tcp = drill().synReceived().after(ms(100)).in(ack(1).seq(1)).accept()
                .write(60_000)) {
            assertThat(drain(tcp)).isEqualTo(10_000);
        }
    }

    @Test
    void largePacketsAreAsLargeAsATickIsWorth() {
        try (Drill tcp = behind(ms(10), drill().largestSend(60_020).mss(1000)).write(60_000)) {
            tcp.out(data(10_001, 13_001).gso(1000));
            assertThat(drain(tcp)).isLessThan(6001);
        }
    }

    @Test
    void theEndOfAWriteGoesAtThePaceToo() {                                // not Nagle's: RFC 9293 §3.7.4
        try (Drill tcp = behind(ms(100), drill()).write(3500)) {
            assertThat(drain(tcp)).isLessThan(3500);
            tcp.after(ms(50)).write(10);
            assertThat(drain(tcp)).isPositive();
            tcp.outNothingFor(ms(50)).in(ack(13_501)).out(data(13_501, 13_511));
        }
    }

    @Test
    void anAcknowledgementThatTheQueueRefusesDoesNotHoldItUp() {
        try (Drill tcp = behind(ms(100), drill()).write(60_000)) {
            drain(tcp);
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.in(data(1, 1001).acks(10_001)).outNothing();
            tcp.network.answer = Output.SENT;
            tcp.after(ms(10));
            assertThat(drain(tcp)).isPositive();
            tcp.read(1000);
        }
    }

    @Test
    void anAcknowledgementThatTheQueueRefusesDoesNotWaitForASlowPace() {
        try (Drill tcp = over(ms(900), drill().config("initialWindow", 1)).write(3000)) {
            tcp.out(data(1, 1001));
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.in(data(1, 1001).acks(1)).outNothing();
            tcp.network.answer = Output.SENT;
            tcp.after(ms(210)).out(ack(1001)).outNothing().read(1000);
        }
    }

    @Test
    void timeThatWasNotUsedIsGone() {
        try (Drill tcp = behind(ms(100), drill().noDelay()).write(1000)) {
            tcp.out(data(10_001, 11_001)).after(ms(100)).in(ack(11_001)).after(ms(300)).write(20_000);
            assertThat(drain(tcp)).isLessThanOrEqualTo(4000);
        }
    }

    @Test
    void anAcknowledgementDoesNotLetOutMoreThanThePace() {
        try (Drill tcp = behind(ms(100), drill()).write(60_000)) {
            drain(tcp);
            tcp.after(ms(60));
            drain(tcp);
            tcp.after(ms(40)).in(ack(28_001));
            assertThat(drain(tcp)).isLessThanOrEqualTo(5000);
        }
    }
}
