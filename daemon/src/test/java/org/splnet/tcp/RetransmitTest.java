package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.Drill.s;
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
import org.splnet.socket.SockError;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.TcpHeader;

/// RFC 6298, RFC 9293 §3.8.1 and §3.8.3: the retransmission timer, R1, R2, the user timeout.
@ExtendWith(NoLeaks.class)
class RetransmitTest {
    @Test
    @Shows({"EVENT-39", "MUST-19", "RFC6298-5"})
    void resendsTheFrontSegmentAndBacksOff() {                             // (5.4) to (5.6), §3.10.8
        try (Drill tcp = drill().accepted()) {
            tcp.write(3000).out(data(1, 1001), data(1001, 2001), data(2001, 3001)).after(ms(198)).outNothing()
                    .after(ms(5)).out(data(1, 1001)).outNothing()
                    .outNothingFor(ms(395)).after(ms(10)).out(data(1, 1001)).outNothingFor(ms(790))
                    .after(ms(15)).out(data(1, 1001)).in(ack(3001)).outNothingFor(s(60));
        }
    }

    @Test
    @Shows("RFC6298-2.1")
    void withoutAMeasurementItWaitsForASecond() {                          // (2.1)
        try (Drill tcp = drill().synReceived()) {
            tcp.in(syn()).out(synAck()).in(ack(1).seq(1)).accept().write(10).out(data(1, 11))
                    .outNothingFor(ms(995)).after(ms(10)).out(data(1, 11));
        }
    }

    @Test
    @Shows("RFC6298-5")
    void restartsTheTimerWhenNewDataIsAcknowledged() {                     // (5.3)
        try (Drill tcp = drill().accepted()) {
            tcp.write(3000).out(data(1, 1001), data(1001, 2001), data(2001, 3001)).after(ms(150))
                    .in(ack(1001)).outNothingFor(ms(190)).after(ms(400)).out(data(1001, 2001));
        }
    }

    @Test
    @Shows("RFC6298-5")
    void stopsTheTimerWhenAllIsAcknowledged() {                            // (5.2)
        try (Drill tcp = drill().accepted()) {
            tcp.write(100).out(data(1, 101)).in(ack(101)).outNothingFor(s(600));
            assertThat(tcp.wheel.armed()).isZero();
        }
    }

    @Test
    @Shows({"MUST-18", "RFC6298-3"})
    void doesNotMeasureWhatWasSentAgain() {                                // (3), MUST-18
        try (Drill tcp = drill().accepted()) {
            long srtt = tcp.tcb().rtt.srttNs();
            tcp.write(100).out(data(1, 101)).after(ms(210)).out(data(1, 101)).after(ms(100)).in(ack(101));
            assertThat(tcp.tcb().rtt.srttNs()).isEqualTo(srtt);
            tcp.write(100).out(data(101, 201)).after(ms(100)).in(ack(201));
            assertThat(tcp.tcb().rtt.srttNs()).isNotEqualTo(srtt);
        }
    }

    @Test
    void keepsTheBackOffIfThePathMayHaveBecomeSlower() {                   // Karn
        try (Drill tcp = drill().accepted()) {
            tcp.write(100).out(data(1, 101)).after(ms(202)).out(data(1, 101)).after(ms(402)).out(data(1, 101))
                    .after(ms(300)).in(ack(101)).write(100).out(data(101, 201)).outNothingFor(ms(780))
                    .after(ms(40)).out(data(101, 201));
        }
    }

    @Test
    void endsTheBackOffIfThePathAnswersAsFastAsBefore() {
        try (Drill tcp = drill().accepted()) {
            tcp.write(100).out(data(1, 101)).after(ms(202)).out(data(1, 101)).after(ms(402)).out(data(1, 101))
                    .after(ms(10)).in(ack(101)).write(100).out(data(101, 201)).after(ms(205))
                    .out(data(101, 201));
        }
    }

    @Test
    @Shows("RFC6298-2.5")
    void theTimeoutStaysBelowItsMaximum() {                                // (2.5)
        try (Drill tcp = drill().config("maxRtoNs", s(60), "retransmitTimeoutNs", s(3600)).accepted()) {
            tcp.write(10).out(data(1, 11)).after(s(600));
            int sent = 0;
            while (tcp.peer.take() != null) {
                sent++;
            }
            assertThat(sent).isBetween(17, 19);
            tcp.after(s(60) + ms(20)).out(data(1, 11)).outNothing();
        }
    }

    @Test
    @Shows({"MUST-20", "SHLD-10", "SHLD-11", "EVENT-38"})
    void looksForAnotherWayAtR1AndGivesUpAtR2() {                          // MUST-20, SHLD-9 to SHLD-11
        try (Drill tcp = drill().config("retransmitTimeoutNs", s(100)).accepted()) {
            tcp.write(10).out(data(1, 11)).after(ms(1390)).out(data(1, 11), data(1, 11));
            assertThat(tcp.path().suspected).isZero();
            tcp.after(ms(30)).out(data(1, 11));
            assertThat(tcp.path().suspected).isEqualTo(1);
            tcp.after(ms(1600)).out(data(1, 11));
            assertThat(tcp.path().suspected).as("what was sure meanwhile need not be now").isEqualTo(2);
            tcp.after(s(98) - ms(1600)).state(TcpState.ESTABLISHED).after(s(1));
            Seg last = null;
            for (Seg seg; (seg = tcp.peer.take()) != null; last = seg) {
                assertThat(seg.seq).isIn(1, 11);
            }
            assertThat(last.flags).isEqualTo(TcpHeader.RST);
            tcp.error(SockError.ETIMEDOUT).readEnd().gone().counted(Counter.TIMEOUTS, 1);
        }
    }

    @Test
    void lostSynsAreNoneOfTheRetransmissionsOfData() {
        try (Drill tcp = drill().config("dataRetries", 3).synSent().after(s(4)).out(syn(), syn())) {
            tcp.in(synAck().acks(1).mss(1000)).out(ack(1)).write(10).out(data(1, 11)).after(s(10))
                    .out(data(1, 11), data(1, 11)).state(TcpState.ESTABLISHED);
        }
    }

    @Test
    @Shows({"MUST-21", "EVENT-38", "RFC5482-3"})
    void theUserSetsR2() {                                              // MUST-21, §3.10.8: USER TIMEOUT
        try (Drill tcp = drill().accepted()) {
            tcp.options(tcp.setup.options.withUserTimeout(s(2))).write(10).out(data(1, 11)).after(ms(1990))
                    .out(data(1, 11), data(1, 11), data(1, 11)).after(ms(20)).out(rst(11))
                    .error(SockError.ETIMEDOUT).gone();
        }
    }

    @Test
    void resendsAllAfterATimeoutAsAcksComeIn() {                           // slow start
        try (Drill tcp = drill().accepted()) {
            tcp.write(5000).out(data(1, 1001), data(1001, 2001), data(2001, 3001), data(3001, 4001),
                    data(4001, 5001)).after(ms(210)).out(data(1, 1001)).outNothing().in(ack(1001))
                    .out(data(1001, 2001), data(2001, 3001)).outNothing().in(ack(4001)).out(data(4001, 5001))
                    .in(ack(5001)).outNothing();
        }
    }

    @Test
    void aFullTransmitQueueIsNotTheEnd() {
        try (Drill tcp = drill().accepted()) {
            tcp.network.answer = org.splnet.pkt.Output.QUEUE_FULL;
            tcp.write(100).outNothing();
            tcp.network.answer = org.splnet.pkt.Output.SENT;
            tcp.after(ms(210)).out(data(1, 101)).in(ack(101)).outNothing();
        }
    }

    @Test
    @Shows({"SHLD-25", "SHLD-9"})
    void aDeadPathExplainsATimeout() {                                     // SHLD-25
        try (Drill tcp = drill().config("retransmitTimeoutNs", s(2)).accepted()) {
            tcp.network.answer = org.splnet.pkt.Output.HOST_DOWN;
            tcp.write(100).after(s(3)).outNothing().error(SockError.EHOSTUNREACH).gone();
        }
    }

    @Test
    void anOrphanIsGivenUpToo() {
        try (Drill tcp = drill().config("retransmitTimeoutNs", s(10)).accepted()) {
            tcp.write(100).out(data(1, 101)).closes().out(fin(101)).after(s(11)).gone();
            for (Seg seg; (seg = tcp.peer.take()) != null; ) {
                assertThat(seg.seq).isLessThanOrEqualTo(102);
            }
        }
    }
}
