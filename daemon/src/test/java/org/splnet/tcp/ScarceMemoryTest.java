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
import org.splnet.net.ScarceAllocator;
import org.splnet.pkt.DropReason;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.TcpStats.Counter;

/// What there was no memory for goes out soon after there is some: no connection is left without a timer.
@ExtendWith(NoLeaks.class)
class ScarceMemoryTest {
    private final ScarceAllocator memory = new ScarceAllocator();

    private DrillSetup scarce() {
        return drill().memory(memory);
    }

    private void noneFor(Drill tcp, long ns) {
        memory.left(0);
        tcp.outNothingFor(ns);
        assertThat(tcp.network.drops(DropReason.NO_BUFFERS)).isPositive();
        memory.left(Integer.MAX_VALUE);
    }

    @Test
    void aRetransmissionIsTriedAgainSoon() {
        try (Drill tcp = scarce().accepted().write(100).out(data(1, 101))) {
            noneFor(tcp, s(40));
            tcp.after(ms(202)).out(data(1, 101)).in(ack(101)).outNothing();
        }
    }

    @Test
    void thatOfARecoveryWithSackToo() {
        try (Drill tcp = scarce().sack().accepted().write(100).out(data(1, 101))) {
            noneFor(tcp, s(40));
            tcp.after(ms(202)).out(data(1, 101)).in(ack(101)).outNothing();
        }
    }

    @Test
    void whatCameBeforeItHasATimer() {
        try (Drill tcp = scarce().accepted()) {
            memory.left(2);                                // what is written, one packet
            tcp.write(3000).out(data(1, 1001)).outNothing();
            assertThat(tcp.tcp.timers.isArmed(tcp.tcb(), TcpTimer.REXMT)).isTrue();
            memory.left(Integer.MAX_VALUE);
            tcp.after(ms(202)).out(data(1001, 2001), data(2001, 3001));
        }
    }

    @Test
    void aProbeForRoomIsTriedAgainSoon() {
        try (Drill tcp = scarce().accepted().in(ack(1).wnd(0)).write(100)) {
            noneFor(tcp, s(40));
            tcp.after(s(60)).out(data(1, 2)).in(ack(1).wnd(1000)).out(data(1, 101));
        }
    }

    @Test
    void keepAliveGoesOn() {
        var options = SocketOptions.DEFAULTS.withKeepAlive(true, s(10), s(10), 9);
        try (Drill tcp = scarce().options(options).accepted()) {
            noneFor(tcp, s(11));
            tcp.after(s(10)).out(ack(1).seq(0)).in(ack(1)).outNothing();
        }
    }

    @Test
    void anAcknowledgementIsTriedAgainSoon() {
        try (Drill tcp = scarce().accepted()) {
            memory.left(2);                                // what comes, where it is kept
            tcp.in(data(1, 1001));
            noneFor(tcp, s(40));
            tcp.after(ms(202)).out(ack(1001)).outNothing().read(1000);
        }
    }

    @Test
    void aSynIsTriedAgainSoon() {
        try (Drill tcp = new Drill(scarce())) {
            memory.left(0);
            tcp.connect();
            noneFor(tcp, s(40));
            tcp.after(ms(202)).out(syn().seq(0)).in(synAck().acks(1).mss(1000)).out(ack(1).seq(1));
        }
    }

    @Test
    void aSynAckIsTriedAgainSoon() {
        try (Drill tcp = scarce().listening()) {
            memory.left(1);
            tcp.in(syn().mss(1000));
            noneFor(tcp, s(40));
            tcp.after(ms(202)).out(synAck().acks(1)).in(ack(1).seq(1)).accept();
        }
    }

    @Test
    void whatIsHalfOpenEnds() {
        try (Drill tcp = scarce().listening()) {
            memory.left(1);
            tcp.in(syn().mss(1000));
            noneFor(tcp, s(200));
            tcp.gone().counted(Counter.HALF_OPEN_TIMEOUTS, 1);
        }
    }

    @Test
    void aConnectionThatIsGivenUpEnds() {
        try (Drill tcp = scarce().accepted().in(fin(1).acks(1)).out(ack(2))) {
            memory.left(0);
            tcp.abort().outNothing().gone();
            memory.left(Integer.MAX_VALUE);
            tcp.in(ack(1).seq(2)).out(rst(1));
        }
    }

    /// Of a segment that fills a gap, whose text is kept where it is, while what was held behind it is to be
    /// copied.
    @Test
    void aSegmentThatThereIsNoMemoryForIsFreedThoughSomeOfItIsKept() {
        try (Drill tcp = scarce().accepted().in(data(4001, 4101)).out(ack(1))) {
            memory.left(1);                                // what comes
            tcp.in(data(1, 4001)).outNothing();
            assertThat(tcp.network.drops(DropReason.NO_BUFFERS)).as("and what tells so").isEqualTo(2);
            memory.left(Integer.MAX_VALUE);
            tcp.after(ms(202)).out(ack(4001)).in(data(4001, 4101)).out(ack(4101)).read(4100);
        }
    }

    /// The acknowledgement that came with it counts: it had put off all timers.
    @Test
    void textThatCannotBeKeptHoldsNothingUp() {
        try (Drill tcp = scarce().accepted().in(ack(1).wnd(1000)).write(2000).out(data(1, 1001))) {
            memory.left(1);                                // the segment itself
            tcp.in(data(1, 101).acks(1001).wnd(1000)).outNothing();
            assertThat(tcp.network.drops(DropReason.NO_BUFFERS)).isPositive();
            memory.left(Integer.MAX_VALUE);
            tcp.after(ms(202)).out(data(1001, 2001));
        }
    }
}
