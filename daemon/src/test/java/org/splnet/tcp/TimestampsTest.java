package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.Drill.s;
import static org.splnet.tcp.DrillPeer.FIRST_TS;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.tcp.Seg.fin;
import static org.splnet.tcp.Seg.rst;
import static org.splnet.tcp.Seg.syn;
import static org.splnet.tcp.Seg.synAck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.tcp.TcpStats.Counter;

/// RFC 7323: timestamps, what they measure, and protection against wrapped sequence numbers.
@ExtendWith(NoLeaks.class)
class TimestampsTest {
    private static final long DAY = s(86_400);

    private static DrillSetup stamped() {
        return drill().timestamps();
    }

    @Test
    @Shows("RFC7323-3.2-both")
    void areOfferedAndUsedIfThePeerHasThemToo() {                          // §3.2
        try (Drill tcp = stamped().synSent()) {
            int ours = tcp.peer.lastTs;
            assertThat(ours).isNotZero();
            tcp.in(synAck().acks(1).mss(1000)).out(ack(1).seq(1).ts(ours, FIRST_TS));
        }
        try (Drill tcp = drill().connected()) {
            tcp.write(10).out(data(1, 11).noTs());
        }
    }

    @Test
    @Shows("RFC7323-3.2-both")
    void areAnsweredToAPeerThatOffersThem() {
        try (Drill tcp = stamped().listening()) {
            tcp.in(syn().mss(1000)).out(synAck().acks(1).tsEcr(FIRST_TS));
            assertThat(tcp.peer.lastTs).isNotZero();
            tcp.in(ack(1).seq(1)).accept().write(10).out(data(1, 11).tsEcr(FIRST_TS));
        }
        try (Drill tcp = drill().listening()) {
            tcp.in(tcp.setup.peerSyn()).out(synAck().noTs());
        }
    }

    @Test
    void canBeSwitchedOff() {
        try (Drill tcp = drill().config("timestamps", false).synSent()) {
            assertThat(tcp.peer.lastTs).isZero();
        }
        try (Drill tcp = stamped().config("timestamps", false).listening()) {
            tcp.in(syn().mss(1000)).out(synAck().noTs());
        }
    }

    @Test
    @Shows({"RFC6691-2", "MUST-16"})
    void takeTheirRoomFromEachSegment() {                                  // RFC 6691 §2
        try (Drill tcp = stamped().accepted()) {
            tcp.write(2000).out(data(1, 989), data(989, 1977));
        }
    }

    @Test
    @Shows({"RFC7323-5.4", "RFC7323-5.4-offset"})
    void tickInMillisecondsFromARandomOrigin() {                           // §5.4
        try (Drill tcp = stamped().noDelay().accepted()) {
            tcp.write(1).out(data(1, 2));
            int first = tcp.peer.lastTs;
            tcp.in(ack(2)).after(ms(150)).write(1).out(data(2, 3).tsEcr(FIRST_TS));
            assertThat(tcp.peer.lastTs - first).isEqualTo(150);
        }
        assertThat(offset(1)).isNotEqualTo(offset(2)).isEqualTo(offset(1));
    }

    private static int offset(int port) {
        return new IssGenerator(org.splnet.kern.Entropy.seeded(7)).timestampOffset(1, 2, 3, 4, 5, port);
    }

    @Test
    @Shows("RFC7323-4.3")
    void theEchoIsOfWhatWasLastAcknowledged() {                            // §4.3, (A): delayed ACKs
        try (Drill tcp = stamped().config("delayedAckNs", ms(40)).accepted()) {
            for (int i = 0; i < AckPolicy.QUICK_ACKS; i++) {
                tcp.in(data(1 + 1000 * i, 1001 + 1000 * i)).out(ack(1001 + 1000 * i));
            }
            tcp.after(ms(10)).in(data(16_001, 17_001)).outNothing().after(ms(5))
                    .in(data(17_001, 18_001)).out(ack(18_001).tsEcr(FIRST_TS + 10)).read(18_000);
        }
    }

    @Test
    @Shows("RFC7323-4.3")
    void theEchoAfterAHoleIsOfTheSegmentThatFillsIt() {                    // §4.3, (B) and (C)
        try (Drill tcp = stamped().accepted()) {
            tcp.after(ms(10)).in(data(1001, 2001)).out(ack(1).tsEcr(FIRST_TS))
                    .after(ms(10)).in(data(1, 1001)).out(ack(2001).tsEcr(FIRST_TS + 20)).read(2000);
        }
        try (Drill tcp = stamped().synReceived()) {                        // also of what ends the handshake
            tcp.after(ms(10)).in(data(1001, 2001).acks(1)).out(ack(1).tsEcr(FIRST_TS));
        }
        try (Drill tcp = stamped().synReceived()) {
            tcp.in(syn().mss(1000).ts(FIRST_TS - 10, 0)).out(synAck().tsEcr(FIRST_TS))
                    .in(syn().mss(1000).ts(FIRST_TS + 10, 0)).out(synAck().tsEcr(FIRST_TS + 10));
        }
    }

    @Test
    @Shows("RFC7323-5.3-R1")
    void anOldTimestampIsAnOldDuplicate() {                                // §5.3, R1
        try (Drill tcp = stamped().accepted()) {
            tcp.after(ms(100)).in(data(1, 101)).after(ms(42)).out(ack(101)).read(100)
                    .in(data(101, 201).ts(FIRST_TS + 50, 0)).out(ack(101)).readNothing()
                    .in(fin(101).ts(FIRST_TS + 50, 0)).out(ack(101)).state(TcpState.ESTABLISHED)
                    .counted(Counter.PAWS_DROPPED, 2);
        }
    }

    /// Some systems' SYN says nothing, and what follows begins where their clock is.
    @Test
    void noneInTheSynIsBeforeNone() {
        try (Drill tcp = stamped().listening()) {
            tcp.in(syn().mss(1000).ts(0, 0)).out(synAck()).in(ack(1).seq(1).ts(-5000, 0)).accept()
                    .in(data(1, 101).ts(-5000, 0)).after(ms(42)).out(ack(101).tsEcr(-5000)).read(100)
                    .in(data(101, 201).ts(-5001, 0)).out(ack(101)).counted(Counter.PAWS_DROPPED, 1);
        }
        try (Drill tcp = stamped().synSent()) {
            tcp.in(synAck().acks(1).mss(1000).ts(0, 0)).out(ack(1)).in(data(1, 101).ts(-5000, 0))
                    .after(ms(42)).out(ack(101).tsEcr(-5000)).read(100);
        }
    }

    @Test
    @Shows("RFC7323-5.2")
    void aResetNeedsNoTimestamp() {                                        // §5.2
        try (Drill tcp = stamped().accepted()) {
            tcp.after(ms(100)).in(rst(1).ts(FIRST_TS - 1, 0)).gone();
        }
    }

    @Test
    @Shows("RFC7323-5.5")
    void afterTwentyFourDaysOfSilenceAnyTimestampIsBelieved() {            // §5.5
        try (Drill tcp = stamped().accepted()) {
            tcp.after(23 * DAY).in(data(1, 101).ts(FIRST_TS - 1, 0)).out(ack(1)).readNothing()
                    .after(2 * DAY).in(data(1, 101).ts(FIRST_TS - 1, 0)).after(ms(42)).out(ack(101))
                    .read(100);
        }
    }

    @Test
    void oneBeyondTheWindowIsNotBelieved() {                               // §5.3, R2 before R3
        try (Drill tcp = stamped().accepted()) {
            tcp.in(data(200_001, 200_101).ts(FIRST_TS + 1000, 0)).out(ack(1).tsEcr(FIRST_TS))
                    .in(data(-99, 1).ts(FIRST_TS + 1000, 0)).out(ack(1).tsEcr(FIRST_TS));
        }
    }

    @Test
    @Shows("RFC7323-3.2-missing")
    void aSegmentWithoutOneIsTakenAllTheSame() {                           // §3.2: MUST NOT abort
        try (Drill tcp = stamped().accepted()) {
            tcp.in(data(1, 101).noTs()).after(ms(42)).out(ack(101)).read(100)
                    .write(10).out(data(1, 11)).in(ack(11).noTs()).after(s(5)).outNothing();
        }
    }

    @Test
    void measureWhatWasSentAgain() {                                       // §4.1: no need of Karn
        try (Drill tcp = stamped().accepted()) {
            tcp.write(100).out(data(1, 101)).after(ms(205)).out(data(1, 101));
            tcp.after(ms(80)).in(ack(101));
            assertThat(tcp.tcb().rtt.srttNs()).as("an eighth, the handshake took no time")
                    .isBetween(ms(9), ms(11));
        }
    }

    @Test
    void anOldEchoThatComesSoonMeasuresNothing() {                         // its acknowledgement was lost
        try (Drill tcp = stamped().accepted()) {
            tcp.write(100).out(data(1, 101));
            int first = tcp.peer.lastTs;
            long before = tcp.tcb().rtt.srttNs();
            tcp.after(ms(205)).out(data(1, 101)).after(ms(20)).in(ack(101).tsEcr(first));
            assertThat(tcp.tcb().rtt.srttNs()).isEqualTo(before);
        }
    }

    @Test
    void anEchoOfTheFutureMeasuresNothing() {
        try (Drill tcp = stamped().accepted()) {
            tcp.write(100).out(data(1, 101)).after(ms(205)).out(data(1, 101));
            long before = tcp.tcb().rtt.srttNs();
            tcp.after(ms(70)).in(ack(101).tsEcr(tcp.peer.lastTs + 5000));
            assertThat(tcp.tcb().rtt.srttNs()).isEqualTo(before);
        }
    }

    @Test
    void areInAResetToo() {                                                // §3.2 SHOULD
        try (Drill tcp = stamped().accepted()) {
            tcp.abort().out(rst(1).tsEcr(FIRST_TS));
        }
    }

    @Test
    void areInTheAnswersOfTimeWait() {
        try (Drill tcp = stamped().accepted()) {
            tcp.shutdownOutput().out(fin(1)).in(ack(2)).in(fin(1).acks(2)).out(ack(2).seq(2))
                    .in(fin(1).acks(2)).out(ack(2).seq(2).tsEcr(FIRST_TS));
        }
    }

    @Test
    void leaveRoomForThreeBlocksOfSack() {                                 // RFC 2018 §3
        try (Drill tcp = stamped().sack().accepted()) {
            tcp.in(data(1001, 1101), data(2001, 2101), data(3001, 3101)).out(ack(1), ack(1), ack(1))
                    .in(data(4001, 4101)).out(ack(1).sack(4001, 4101, 3001, 3101, 2001, 2101));
        }
    }

    /// The peer has restarted, and its clock with it: our acknowledgement provokes the RST that makes room.
    @Test
    @Shows("RFC7323-5.3-R1")
    void anOldSynForAHalfOpenConnectionIsAnswered() {                      // RFC 7323 §5.3, R1
        try (Drill tcp = drill().listening()) {
            tcp.in(syn().mss(1000).ts(5000, 0)).out(synAck().acks(1)).in(syn().seq(70_000).ts(1000, 0))
                    .out(ack(1).seq(1)).in(rst(1));
            tcp.in(syn().seq(70_000).ts(1000, 0)).out(synAck().acks(70_001));
        }
    }

    @Test
    void theNewestOfRepeatedSynsIsEchoed() {                               // RFC 7323 §4.3 (2)
        try (Drill tcp = drill().listening()) {
            tcp.in(syn().mss(1000).ts(5000, 0)).out(synAck().acks(1).tsEcr(5000)).after(ms(500))
                    .in(syn().mss(1000).ts(5500, 0)).out(synAck().acks(1).tsEcr(5500));
        }
    }
}
