package org.splnet.tcp;

import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.Drill.s;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.wire.TcpHeader.PSH;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;
import org.splnet.socket.Readiness;
import org.splnet.tcp.TcpStats.Counter;

/// RFC 9293 §3.8.6.3, RFC 5681 §4.2: when received data is acknowledged.
@ExtendWith(NoLeaks.class)
class DelayedAckTest {
    /// Past the segments that are acknowledged one by one at the start.
    private static Drill warm() {
        Drill tcp = drill().accepted();
        for (int i = 0; i < AckPolicy.QUICK_ACKS; i++) {
            tcp.in(data(1 + 1000 * i, 1001 + 1000 * i)).out(ack(1001 + 1000 * i)).read(1000);
        }
        return tcp;
    }

    private static final int AT = 1 + 1000 * AckPolicy.QUICK_ACKS;

    @Test
    @Shows("SHLD-19")
    void acknowledgesEverySecondFullSegment() {                            // SHLD-19
        try (Drill tcp = warm()) {
            tcp.in(data(AT, AT + 1000)).outNothing().in(data(AT + 1000, AT + 2000)).out(ack(AT + 2000))
                    .in(data(AT + 2000, AT + 3000)).outNothing().read(3000);
        }
    }

    @Test
    @Shows({"SHLD-18", "MUST-40"})
    void acknowledgesTheRestAfterAWhile() {                                // SHLD-18, MUST-40
        try (Drill tcp = warm()) {
            tcp.in(data(AT, AT + 1000)).outNothingFor(ms(39)).after(ms(3)).out(ack(AT + 1000)).outNothing()
                    .counted(Counter.DELAYED_ACKS, 1).read(1000);
        }
    }

    @Test
    void acknowledgementsThatComeMeanwhileDoNotPutItOff() {
        try (Drill tcp = warm()) {
            tcp.write(4000).out(data(1, 1001), data(1001, 2001), data(2001, 3001), data(3001, 4001));
            tcp.in(data(AT, AT + 100)).outNothing();
            for (int i = 1; i <= 78; i++) {                 // the retransmission timer begins anew each time
                tcp.after(ms(1) / 2).in(ack(1 + 50 * i)).outNothing();
            }
            tcp.after(ms(2)).out(ack(AT + 100)).outNothing().read(100);
        }
    }

    @Test
    void aDelayedAckRidesOnData() {
        try (Drill tcp = warm()) {
            tcp.in(data(AT, AT + 100)).outNothing().write(50).out(data(1, 51).acks(AT + 100))
                    .outNothingFor(ms(100)).read(100);
        }
    }

    @Test
    @Shows({"MUST-58", "MUST-59", "EVENT-22"})
    void acknowledgesABatchOnce() {                                        // MUST-58, MUST-59
        try (Drill tcp = warm()) {
            tcp.batch(data(AT, AT + 1000), data(AT + 1000, AT + 2000), data(AT + 2000, AT + 3000),
                    data(AT + 3000, AT + 4000)).out(ack(AT + 4000)).outNothing().read(4000);
        }
    }

    @Test
    void aMergedSegmentCountsAsSeveral() {
        try (Drill tcp = warm()) {
            tcp.in(data(AT, AT + 1900).gso(1000)).out(ack(AT + 1900)).in(data(AT + 1900, AT + 2000))
                    .outNothing()
                    .in(data(AT + 2000, AT + 5000).gso(1000)).out(ack(AT + 5000)).read(5000);
        }
    }

    /// The second is small, and its sender may keep what follows until it is acknowledged (Nagle).
    @Test
    void acknowledgesMoreThanAFullSegmentAtOnce() {
        try (Drill tcp = warm()) {
            tcp.in(data(AT, AT + 1000)).outNothing().in(data(AT + 1000, AT + 1001)).out(ack(AT + 1001))
                    .in(data(AT + 1001, AT + 1500)).outNothing().in(data(AT + 1500, AT + 2001)).outNothing()
                    .in(data(AT + 2001, AT + 2002)).out(ack(AT + 2002)).read(2002);
        }
    }

    /// Its retransmission timer has expired: it sends one segment, and the next when that has arrived.
    @Test
    void acknowledgesAtOnceAgainWhoWasSilent() {
        try (Drill tcp = warm()) {
            tcp.after(s(1)).in(data(AT, AT + 1000)).out(ack(AT + 1000))
                    .in(data(AT + 1000, AT + 2000)).out(ack(AT + 2000)).read(2000);
        }
    }

    @Test
    void butNotWhoOverrunsTheWindow() {
        try (Drill tcp = warm()) {
            tcp.in(data(AT + (1 << 24), AT + (1 << 24) + 1000)).out(ack(AT))
                    .in(data(AT, AT + 1000)).outNothing().read(1000);
        }
    }

    @Test
    void acknowledgesAtOnceAgainWhoHasMissedAnAcknowledgement() {
        try (Drill tcp = warm()) {
            tcp.in(data(AT - 1000, AT)).out(ack(AT)).in(data(AT, AT + 1000)).out(ack(AT + 1000)).read(1000);
        }
    }

    /// Each message of a stream that has no answers is acknowledged at once, after the second.
    @Test
    void doesNotHopeForAnAnswerForEver() {
        try (Drill tcp = warm()) {
            int at = AT;
            for (int i = 0; i < AckPolicy.HOPES; i++, at += 100) {
                tcp.in(data(at, at + 100).flag(PSH)).outNothingFor(ms(39)).after(ms(3)).out(ack(at + 100));
            }
            tcp.in(data(at, at + 100).flag(PSH)).out(ack(at + 100))
                    .in(data(at + 100, at + 200)).outNothingFor(ms(39)).after(ms(3)).out(ack(at + 200))
                    .in(data(at + 200, at + 300).flag(PSH)).out(ack(at + 300))
                    .write(10).out(data(1, 11).acks(at + 300)).in(ack(11))
                    .in(data(at + 300, at + 400).flag(PSH)).outNothing()
                    .write(10).out(data(11, 21).acks(at + 400)).read(600);
        }
    }

    @Test
    void acknowledgesAtOnceInTheBeginning() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1, 1001)).out(ack(1001)).in(data(1001, 2001)).out(ack(2001)).read(2000);
        }
    }

    /// Who takes no more than 216 octets will send no more.
    @Test
    void acknowledgesAtOnceInTheBeginningOfASmallPath() {
        try (Drill tcp = drill().mss(216).accepted()) {
            tcp.in(data(1, 217)).out(ack(217)).in(data(217, 433).flag(PSH)).out(ack(433)).read(432);
        }
    }

    @Test
    void aSmallRequestIsNotAcknowledgedBeforeItsAnswer() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1, 51)).outNothing().read(50).write(80).out(data(1, 81).acks(51)).outNothing();
        }
    }

    @Test
    void theAnswerGivenWhileTheBatchIsHandledCarriesTheAck() {
        try (Drill tcp = drill().accepted()) {
            tcp.socket.listener(events -> {
                if ((events & Readiness.READABLE) != 0) {
                    tcp.write(10);
                }
            });
            tcp.in(data(1, 1001)).out(data(1, 11).acks(1001)).outNothing().read(1000);
        }
    }

    @Test
    @Shows({"MAY-13", "RFC5681-4.2"})
    void acknowledgesWhatIsOutOfOrderAtOnce() {                            // MAY-13, RFC 5681 §4.2
        try (Drill tcp = warm()) {
            tcp.in(data(AT + 1000, AT + 2000)).out(ack(AT)).in(data(AT + 2000, AT + 3000)).out(ack(AT))
                    .in(data(AT, AT + 500)).out(ack(AT + 500)).in(data(AT + 500, AT + 1000))
                    .out(ack(AT + 3000)).read(3000);
        }
    }

    @Test
    void oneDuplicateForEachSegmentOfABatch() {
        try (Drill tcp = warm()) {
            tcp.batch(data(AT + 1000, AT + 2000), data(AT + 2000, AT + 3000), data(AT + 3000, AT + 4000))
                    .out(ack(AT), ack(AT), ack(AT)).outNothing();
        }
        try (Drill tcp = warm()) {
            tcp.in(data(AT + 1000, AT + 9000).gso(1000)).out(ack(AT), ack(AT), ack(AT)).outNothing();
        }
    }

    @Test
    void acknowledgesAFinAtOnce() {
        try (Drill tcp = warm()) {
            tcp.in(data(AT, AT + 10).withFin()).out(ack(AT + 11)).read(10);
        }
    }

    /// The way to us has become narrower (its path MTU has fallen): every second segment is two of the new.
    @Test
    @Shows({"SHLD-19", "MUST-58"})
    void everySecondSegmentAlsoOfSmallerOnes() {                           // SHLD-19
        try (Drill tcp = warm()) {
            int at = AT + 8000;
            tcp.in(data(AT, AT + 4000)).in(data(AT + 4000, at)).out(ack(at))
                    .in(data(at, at + 600)).outNothing().in(data(at + 600, at + 1200)).out(ack(at + 1200))
                    .in(data(at + 1200, at + 1800)).outNothing()
                    .in(data(at + 1800, at + 2400)).out(ack(at + 2400)).read(10_400);
        }
    }

    /// So is what is smaller than every host takes, if more was to follow: a link of 256 octets, say.
    @Test
    @Shows("SHLD-19")
    void everySecondSegmentAlsoOfTheSmallestOnes() {                       // SHLD-19
        try (Drill tcp = warm()) {
            tcp.in(data(AT, AT + 216)).outNothing().in(data(AT + 216, AT + 432)).out(ack(AT + 432));
            for (int at = AT + 432; at < AT + 4752; at += 432) {
                tcp.in(data(at, at + 216)).outNothing().in(data(at + 216, at + 432)).out(ack(at + 432));
            }
            tcp.read(4752);
        }
        try (Drill tcp = warm()) {                          // but not of small writes
            for (int at = AT; at < AT + 800; at += 100) {
                tcp.in(data(at, at + 100).flag(PSH)).outNothing();
            }
            tcp.read(800);
        }
    }
}
