package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
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
import org.splnet.socket.Readiness;
import org.splnet.socket.StreamSocket;
import org.splnet.tcp.TcpStats.Counter;

/// RFC 9293 §3.10.7.4, fifth and sixth: acknowledgements, the send window, the urgent pointer; §3.10.2.
@ExtendWith(NoLeaks.class)
class AckTest {
    @Test
    @Shows("EVENT-32")
    void freesWhatIsAcknowledged() {
        try (Drill tcp = drill().accepted()) {
            tcp.write(2500).out(data(1, 1001), data(1001, 2001), data(2001, 2501));
            assertThat(tcp.socket.sendQueued()).isEqualTo(2500);
            tcp.in(ack(1501));
            assertThat(tcp.socket.sendQueued()).isEqualTo(1000);
            tcp.in(ack(2501));
            assertThat(tcp.socket.sendQueued()).isZero();
            tcp.outNothingFor(s(10));
        }
    }

    @Test
    @Shows("EVENT-32")
    void ignoresAnOldAck() {
        try (Drill tcp = drill().wnd(2000).accepted()) {
            tcp.write(4000).out(data(1, 1001), data(1001, 2001)).in(ack(1001)).out(data(2001, 3001))
                    .in(ack(1).seq(1).wnd(60_000)).outNothing();           // an old one changes no window
        }
    }

    @Test
    @Shows("EVENT-33")
    void takesTheWindowOnlyFromSegmentsThatAreNotOlder() {                 // WL1, WL2
        try (Drill tcp = drill().wnd(2000).accepted()) {
            tcp.in(data(1, 101).acks(1)).write(5000).out(data(1, 1001).acks(101), data(1001, 2001))
                    .in(data(151, 201).acks(1).wnd(3000)).out(ack(101), data(2001, 3001))
                    .in(data(101, 151).acks(1).wnd(9000)).out(ack(201)).outNothing()
                    .in(ack(1).seq(201).wnd(4000)).out(data(3001, 4001))
                    .in(ack(2001).seq(201).wnd(2000)).outNothing()
                    .in(ack(1501).seq(201).wnd(9000)).outNothing().read(200);
        }
    }

    @Test
    void takesTheWindowBehindTheSynWhateverItsNumber() {
        for (int isn : new int[] {Integer.MIN_VALUE, -7_000_000, -1, 1, 7_000_000}) {
            try (Drill tcp = drill().peerIsn(isn).connected().in(ack(1).seq(1).wnd(500))) {
                assertThat(tcp.tcb().sndWnd).as("%d", isn).isEqualTo(500);
            }
        }
    }

    @Test
    @Shows({"MUST-34", "SHLD-15", "SHLD-16"})
    void isRobustAgainstAShrinkingWindow() {                               // MUST-34, SHLD-15, SHLD-16
        try (Drill tcp = drill().wnd(4000).accepted()) {
            tcp.write(6000).out(data(1, 1001), data(1001, 2001), data(2001, 3001), data(3001, 4001))
                    .in(ack(1001).wnd(1000)).outNothing().in(ack(2001).wnd(1000)).outNothing()
                    .after(ms(210)).out(data(2001, 3001)).in(ack(4001).wnd(2000))
                    .out(data(4001, 5001), data(5001, 6001));
        }
    }

    @Test
    @Shows({"MUST-30", "MUST-62"})
    void pointsBehindTheUrgentData() {                                     // MUST-30, MUST-31, MUST-62
        try (Drill tcp = drill().noDelay().wnd(1000).accepted()) {
            tcp.write(1200).out(data(1, 1001)).writeUrgent(300).outNothing()
                    .in(ack(1001)).out(data(1001, 1501).urgent(500)).write(10).out(data(1501, 1511));
        }
    }

    @Test
    @Shows("MUST-31")
    void announcesUrgentDataBeforeItFitsTheWindow() {
        try (Drill tcp = drill().noDelay().accepted()) {
            tcp.writeUrgent(2500).out(data(1, 1001).urgent(2500), data(1001, 2001).urgent(1500),
                    data(2001, 2501).urgent(500));
        }
    }

    @Test
    @Shows({"MUST-32", "MUST-33", "EVENT-35"})
    void tellsHowMuchIsUrgentAndKeepsItInLine() {                          // MUST-32, MUST-33
        try (Drill tcp = drill().accepted()) {
            assertThat(tcp.socket.urgentAhead()).isZero();
            tcp.in(data(1, 101).urgent(300)).counted(Counter.URGENT, 1);
            assertThat(tcp.socket.urgentAhead()).isEqualTo(300);
            tcp.in(data(101, 201).urgent(200)).counted(Counter.URGENT, 1).read(150);
            assertThat(tcp.socket.urgentAhead()).isEqualTo(150);
            tcp.in(data(201, 301)).read(150);
            assertThat(tcp.socket.urgentAhead()).isZero();
            tcp.in(data(301, 401).urgent(0)).counted(Counter.URGENT, 1);
        }
        try (Drill tcp = drill().accepted()) {
            tcp.in(data(1, 101).urgent(50).withFin()).read(10);
            assertThat(tcp.socket.urgentAhead()).isEqualTo(40);
        }
    }

    @Test
    @Shows("EVENT-35")
    void ignoresTheUrgentPointerBehindTheFin() {                           // sixth
        try (Drill tcp = drill().closeWait()) {
            tcp.in(ack(1).seq(2).urgent(50)).counted(Counter.URGENT, 0);
        }
        try (Drill tcp = drill().accepted()) {                             // or at what has been read
            tcp.in(data(1, 101).urgent(0)).counted(Counter.URGENT, 0);
        }
    }

    @Test
    void whoSendsNoMoreWaitsForNoRoom() {
        try (Drill tcp = drill().buffers(4000, 60_000).accepted()) {
            assertThat(tcp.offer(5000)).isEqualTo(4000);
            tcp.notReady(Readiness.WRITABLE).shutdownOutput().ready(Readiness.WRITABLE);
            while (tcp.peer.take() != null) {
                // all of it, and the FIN
            }
        }
    }

    @Test
    void whoReadsNoMoreOpensTheWindow() {
        try (Drill tcp = drill().buffers(4096, 4096).accepted()) {
            tcp.in(data(1, 4097)).out(ack(4097).wnd(0)).act("shutdown input", StreamSocket::shutdownInput)
                    .out(ack(4097).wnd(4096));
            assertThat(tcp.tcp.receiveMemoryHeld()).isZero();
        }
    }

    @Test
    void tellsReadinessAtItsEdges() {
        try (Drill tcp = drill().buffers(4000, 60_000).accepted()) {
            var told = new java.util.ArrayList<Integer>();
            tcp.socket.listener(told::add);
            assertThat(told).containsExactly(Readiness.CONNECTED | Readiness.WRITABLE);
            told.clear();
            tcp.in(data(1, 11)).in(data(11, 21));
            assertThat(told).containsExactly(Readiness.READABLE);
            tcp.read(20).readNothing().in(data(21, 31));
            assertThat(told).containsExactly(Readiness.READABLE, Readiness.READABLE);
            told.clear();
            assertThat(tcp.offer(10_000)).isEqualTo(4000);
            tcp.out(data(1, 1001).acks(31), data(1001, 2001), data(2001, 3001), data(3001, 4001))
                    .in(ack(501));
            assertThat(told).isEmpty();
            tcp.in(ack(1001));
            assertThat(told).containsExactly(Readiness.WRITABLE);
            told.clear();
            tcp.in(ack(4001), fin(31).acks(4001));
            assertThat(told).isEmpty();
            tcp.read(10).readEnd().out(ack(32)).in(rst(32));
            assertThat(told).hasSize(1);
            assertThat(told.getFirst() & Readiness.HANGUP).isNotZero();
        }
    }
}
