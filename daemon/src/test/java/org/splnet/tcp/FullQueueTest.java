package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.Drill.s;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.tcp.Seg.syn;
import static org.splnet.tcp.Seg.synAck;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.pkt.Output;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.TcpStats.Counter;

/// What the interface's full queue has refused goes out soon after there is room, however long that took:
/// nothing was lost, so no timeout grows by it.
@ExtendWith(NoLeaks.class)
class FullQueueTest {
    @Test
    void aSynIsTriedAgainSoon() {
        try (Drill tcp = new Drill(drill())) {
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.connect().outNothingFor(s(40));
            tcp.network.answer = Output.SENT;
            tcp.after(ms(202)).out(syn().seq(0)).outNothing().counted(Counter.RETRANSMITS, 0)
                    .counted(Counter.RETRANSMIT_TIMEOUTS, 0);
            tcp.outNothingFor(ms(750)).after(ms(260)).out(syn().seq(0));
            tcp.in(synAck().acks(1).mss(1000)).out(ack(1).seq(1));
        }
    }

    @Test
    void aSynIsGivenUpInTheEnd() {
        try (Drill tcp = new Drill(drill())) {
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.connect().outNothingFor(s(181)).gone();
        }
    }

    @Test
    void aSynAckIsTriedAgainSoon() {
        try (Drill tcp = drill().listening()) {
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.in(syn().mss(1000)).outNothingFor(s(40));
            tcp.network.answer = Output.SENT;
            tcp.after(ms(202)).out(synAck().acks(1)).in(ack(1).seq(1)).accept();
        }
    }

    @Test
    void dataIsTriedAgainSoon() {
        try (Drill tcp = drill().accepted()) {
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.write(100).outNothingFor(s(40));
            tcp.network.answer = Output.SENT;
            tcp.after(ms(202)).out(data(1, 101)).in(ack(101)).outNothing();
        }
    }

    /// It was to go with a probe for room, and the next of those may be minutes away.
    @Test
    void anAcknowledgementThatWentWithARefusedProbeIsTriedAgainSoon() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(ack(1).wnd(0)).write(100).after(ms(190)).in(data(1, 101).wnd(0));
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.after(ms(15)).outNothing();
            tcp.network.answer = Output.SENT;
            tcp.after(ms(250)).out(ack(101));
        }
    }

    @Test
    void aRetransmissionIsTriedAgainSoon() {
        try (Drill tcp = drill().accepted()) {
            tcp.write(100).out(data(1, 101));
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.outNothingFor(s(40));
            tcp.network.answer = Output.SENT;
            tcp.after(ms(202)).out(data(1, 101)).in(ack(101)).outNothing();
        }
    }

    @Test
    void aFastRetransmissionIsTriedAgainSoon() {
        try (Drill tcp = drill().synReceived().after(ms(100)).in(ack(1).seq(1)).accept().write(4000)) {
            tcp.out(data(1, 1001), data(1001, 2001), data(2001, 3001), data(3001, 4001)).in(ack(1), ack(1));
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.in(ack(1)).outNothing();
            tcp.network.answer = Output.SENT;
            tcp.after(ms(202)).out(data(1, 1001)).counted(Counter.RETRANSMIT_TIMEOUTS, 0);
        }
    }

    @Test
    void aProbeForRoomThatDidNotGoIsNotOnItsWay() {
        try (Drill tcp = drill().accepted()) {
            tcp.in(ack(1).wnd(0)).write(100);
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.after(ms(210)).outNothing();
            tcp.network.answer = Output.SENT;
            tcp.in(ack(2).wnd(0)).counted(Counter.CHALLENGE_ACKS, 1);
        }
    }

    /// Nobody was asked, so nobody owes an answer: here the first one missing ends the connection.
    @Test
    void aKeepAliveIsTriedAgainSoon() {
        SocketOptions once = drill().options.withKeepAlive(true, s(100), s(10), 1);
        for (SocketOptions each : List.of(once, once.withUserTimeout(s(20)))) {
            try (Drill tcp = drill().options(each).accepted()) {
                tcp.network.answer = Output.QUEUE_FULL;
                tcp.outNothingFor(s(140)).state(TcpState.ESTABLISHED);
                tcp.network.answer = Output.SENT;
                tcp.after(ms(202)).out(data(0, 0)).counted(Counter.KEEPALIVE_PROBES, 1).in(ack(1))
                        .outNothingFor(s(90)).state(TcpState.ESTABLISHED);
            }
        }
    }

    /// Else nobody would tell it: there is no more to tell than what was taken for told.
    @Test
    void aWindowThatWentWithARefusedAnswerIsToldSoon() {
        try (Drill tcp = drill().buffers(4096, 4096).accepted()) {
            tcp.in(data(1, 1001)).out(ack(1001)).in(data(1001, 2001)).out(ack(2001))
                    .in(data(2001, 3001)).out(ack(3001)).in(data(3001, 4097)).out(ack(4097).wnd(0))
                    .read(1500).outNothing();
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.in(data(1, 101)).outNothing();
            tcp.network.answer = Output.SENT;
            tcp.after(ms(202)).out(ack(4097).wnd(1500));
        }
    }

    @Test
    void anAcknowledgementIsTriedAgainSoon() {
        try (Drill tcp = drill().accepted()) {
            tcp.network.answer = Output.QUEUE_FULL;
            tcp.in(data(1, 1001)).in(data(1001, 2001)).outNothingFor(s(40));
            tcp.network.answer = Output.SENT;
            tcp.after(ms(202)).out(ack(2001)).outNothing().read(2000);
            assertThat(tcp.wheel.armed()).isZero();
        }
    }
}
