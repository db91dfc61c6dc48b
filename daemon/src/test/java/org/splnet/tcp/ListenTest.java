package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import org.splnet.pkt.DropReason;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.Endpoint;
import org.splnet.wire.TcpHeader;

/// RFC 9293 §3.10.7.2 and what a listener holds: half-open connections, the accept queue, its end.
@ExtendWith(NoLeaks.class)
class ListenTest {
    @Test
    void repeatsTheSynAckForADuplicateSyn() {
        try (Drill tcp = drill().synReceived()) {
            tcp.in(syn().mss(1000)).out(synAck().acks(1)).in(ack(1).seq(1)).accept();
            assertThat(tcp.tcb().rtt.srttNs()).as("Karn").isZero();
        }
    }

    @Test
    void measuresTheRoundTripOfTheHandshake() {
        try (Drill tcp = drill().synReceived()) {
            tcp.after(ms(300)).in(ack(1).seq(1)).accept();
            assertThat(tcp.tcb().rtt.srttNs()).isEqualTo(ms(300));
        }
    }

    @Test
    @Shows({"MUST-22", "MUST-23"})
    void resendsTheSynAckWithBackOffAndGivesUp() {                         // MUST-22, MUST-23
        try (Drill tcp = drill().synReceived()) {
            for (int i = 0; i < 7; i++) {
                tcp.after(s(1L << i) + ms(2)).out(synAck().acks(1)).outNothing();
            }
            assertThat(tcp.tcp.connections()).isEqualTo(1);
            tcp.after(s(60)).outNothing().gone().counted(Counter.HALF_OPEN_TIMEOUTS, 1);
        }
    }

    @Test
    @Shows("RFC6298-5.7")
    void afterALostSynAckDataBeginsCarefully() {                           // RFC 6298 (5.7), RFC 6928 §2
        try (Drill tcp = drill().synReceived()) {
            tcp.after(s(1) + ms(2)).out(synAck()).after(s(2) + ms(2)).out(synAck()).in(ack(1).seq(1))
                    .accept();
            assertThat(tcp.tcb().rtt.rtoNs()).isEqualTo(s(3));
            assertThat(tcp.tcb().cc.cwnd()).isEqualTo(1000);
        }
    }

    @Test
    @Shows("RFC4987-3.4")
    void theOldestHalfOpenConnectionMakesRoom() {
        try (Drill tcp = drill().config("halfOpen", 2, "synCookies", SynCookies.NEVER).listening()) {
            tcp.in(syn().from(1)).out(synAck().from(1)).in(syn().from(2)).out(synAck().from(2))
                    .in(syn().from(3)).out(synAck().from(3)).counted(Counter.HALF_OPEN_DROPPED, 1);
            assertThat(tcp.tcp.connections()).isEqualTo(2);
            tcp.in(ack(1).seq(1).from(1)).out(rst(1).from(1)).in(ack(1).seq(1).from(2))
                    .in(ack(1).seq(1).from(3)).outNothing();
            assertThat(tcp.listener.queued()).isEqualTo(2);
        }
    }

    /// Under a flood it stayed what it had been.
    @Test
    void aLimitThatWasLoweredIsReachedByAndBy() {
        try (Drill tcp = drill().config("halfOpen", 8, "synCookies", SynCookies.NEVER).listening()) {
            for (int port = 1; port <= 8; port++) {
                tcp.in(syn().from(port)).out(synAck().from(port));
            }
            tcp.tcp.configure(Knobs.with(tcp.tcp.cfg, "halfOpen", 4));
            for (int port = 9; port <= 12; port++) {
                tcp.in(syn().from(port)).out(synAck().from(port));
            }
            assertThat(tcp.listener.halfOpen()).isEqualTo(4);
            tcp.counted(Counter.HALF_OPEN_DROPPED, 8);
        }
    }

    @Test
    @Shows("RFC4987-3.4")
    void aFloodOfSynsStaysBounded() {
        try (Drill tcp = drill().config("halfOpen", 64).listening()) {
            for (int port = 1; port < 5000; port++) {
                tcp.in(syn().from(port));
                tcp.peer.take();
            }
            assertThat(tcp.tcp.connections()).isEqualTo(64);
            assertThat(tcp.wheel.armed()).isEqualTo(64);
        }
    }

    @Test
    void withTheAcceptQueueFullTheLastAckIsIgnored() {
        try (Drill tcp = drill().backlog(1).listening()) {
            tcp.in(syn().from(1)).out(synAck().from(1)).in(ack(1).seq(1).from(1)).in(syn().from(2))
                    .out(synAck().from(2)).in(ack(1).seq(1).from(2)).outNothing()
                    .counted(Counter.ACCEPT_QUEUE_FULL, 1);
            assertThat(tcp.network.drops(DropReason.TCP_BACKLOG_FULL)).isEqualTo(1);
            assertThat(tcp.listener.queued()).isEqualTo(1);
            tcp.accept().after(s(1) + ms(2)).out(synAck().from(2)).in(ack(1).seq(1).from(2)).outNothing();
            assertThat(tcp.listener.queued()).isEqualTo(1);
            tcp.closes().out(fin(1).from(1)).accept();
        }
    }

    @Test
    @Shows("EVENT-5")
    void closedItResetsHalfOpenAndUnacceptedConnections() {                // §3.10.4
        try (Drill tcp = drill().listening()) {
            tcp.in(syn().from(1)).out(synAck().from(1)).in(ack(1).seq(1).from(1))
                    .in(syn().from(2)).out(synAck().from(2));
            tcp.listener.close();
            tcp.out(rst(1).from(2), rst(1).from(1)).outNothing().gone();
            assertThat(tcp.wheel.armed()).isZero();
            tcp.in(syn().from(3)).out(rst().flag(TcpHeader.ACK).from(3));
            assertThatThrownBy(() -> tcp.listener.accept()).hasMessageContaining("ESHUTDOWN");
            tcp.listener.close();
        }
    }

    @Test
    @Shows("MUST-41")
    void anAcceptedConnectionOutlivesItsListener() {                       // MUST-41
        try (Drill tcp = drill().accepted()) {
            tcp.listener.close();
            tcp.outNothing().in(data(1, 11)).read(10).write(10).out(data(1, 11));
        }
    }

    @Test
    @Shows("MUST-42")
    void listensWhileAConnectionHasThePort() throws SocketException {      // MUST-42
        SocketOptions shared = SocketOptions.DEFAULTS.withBuffers(4096, 4096).withReuseAddress(true);
        try (Drill tcp = drill().options(shared).accepted()) {
            tcp.listener.close();
            var again = tcp.tcp.listen(new Endpoint(Drill.HOST, Drill.PORT), 1, shared);
            tcp.in(syn().from(9)).out(synAck().from(9));
            again.close();
            tcp.out(rst(1).from(9));
        }
    }

    @Test
    void theMoreParticularListenerGetsTheConnection() throws SocketException {
        SocketOptions shared = SocketOptions.DEFAULTS.withBuffers(4096, 4096).withReusePort(true);
        try (Drill tcp = drill().options(shared).listening()) {
            TcpListener exact = (TcpListener) tcp.tcp.listen(new Endpoint(Drill.HOST, Drill.PORT), 1, shared);
            tcp.in(syn()).out(synAck()).in(ack(1).seq(1));
            assertThat(exact.queued()).isEqualTo(1);
            assertThat(tcp.listener.queued()).isZero();
            exact.close();
        }
    }

    @Test
    void refusesWhatItCannotListenOn() {
        try (Drill tcp = drill().listening()) {
            assertThatThrownBy(() -> tcp.tcp.listen(Endpoint.parse("0.0.0.0:80"), 1, tcp.setup.options))
                    .hasMessageContaining("EADDRINUSE");
            assertThatThrownBy(() -> tcp.tcp.listen(Endpoint.parse("9.9.9.9:81"), 1, tcp.setup.options))
                    .hasMessageContaining("EADDRNOTAVAIL");
            assertThatThrownBy(() -> tcp.tcp.listen(Endpoint.parse("0.0.0.0:81"), 0, tcp.setup.options))
                    .hasMessageContaining("EINVAL");
        }
    }

    @Test
    void choosesAPortIfAsked() throws SocketException {
        try (Drill tcp = new Drill(drill())) {
            var listener = tcp.tcp.listen(Endpoint.parse("0.0.0.0:0"), 1, tcp.setup.options);
            assertThat(listener.local().port()).isBetween(49_152, 65_535);
            listener.close();
        }
    }

    @Test
    void listensOnAnyAddressOfBothFamilies() throws SocketException {
        try (Drill tcp = new Drill(drill())) {
            var listener = tcp.tcp.listen(Endpoint.parse("[::]:80"), 1, tcp.setup.options);
            tcp.in(syn()).out(synAck());
            listener.close();
            tcp.out(rst(1));
        }
    }

    @Test
    void refusesConnectionsWhileTheReceiveMemoryIsUsedUp() {
        try (Drill tcp = drill().config("receiveMemory", 65_536L).buffers(4096, 200_000).accepted()) {
            for (int at = 1; at < 66_000; at += 1000) {
                tcp.in(data(at, at + 1000));
            }
            while (tcp.peer.take() != null) {
                assertThat(tcp.tcp.receiveMemoryHeld()).isGreaterThan(0);
            }
            tcp.in(syn().from(8)).outNothing().counted(Counter.REFUSED_NO_MEMORY, 1).read(66_000)
                    .in(syn().from(8));
            assertThat(tcp.tcp.connections()).isEqualTo(2);
            assertThat(tcp.network.drops(DropReason.TCP_NO_MEMORY)).isPositive();
        }
    }

    /// The sender's router has a way to us, and we have none to him.
    @Test
    void aSynFromWhereNoWayLeadsBackIsCounted() {
        try (Drill tcp = drill().listening()) {
            tcp.network.unreachable = true;
            tcp.in(syn()).outNothing().gone();
            assertThat(tcp.network.drops(DropReason.IP_NO_ROUTE)).isEqualTo(1);
        }
    }

    /// And nobody accepts: what each holds is little.
    @Test
    void whatManyHoldALittleOfIsCountedToo() {
        try (Drill tcp = drill().config("receiveMemory", 65_536L).listening()) {
            for (int i = 1; i <= 6; i++) {
                tcp.in(syn().from(i).mss(1000)).out(synAck().from(i)).in(ack(1).seq(1).from(i))
                        .in(data(1, 10_001).from(i)).out(ack(10_001).from(i));
            }
            assertThat(tcp.tcp.memory.exhausted()).isTrue();
            tcp.in(syn().from(9)).outNothing().counted(Counter.REFUSED_NO_MEMORY, 1);
        }
    }

    @Test
    void whatNobodyHasAcceptedLeavesNothingAtAReset() {
        try (Drill tcp = drill().synReceived()) {
            tcp.in(ack(1).seq(1)).in(data(1, 20_001)).in(data(20_001, 40_001)).in(data(41_001, 42_001));
            while (tcp.peer.take() != null) {
                assertThat(tcp.tcp.receiveMemoryHeld()).isGreaterThan(40_000);
            }
            tcp.tcp.reset();
            assertThat(tcp.tcp.receiveMemoryHeld()).isZero();
            tcp.gone();
        }
    }

    @Test
    void tellsItsUserOfAConnection() {
        try (Drill tcp = drill().synReceived()) {
            var told = new java.util.concurrent.atomic.AtomicInteger();
            tcp.listener.listener(told::set);
            assertThat(told).hasValue(0);
            tcp.in(ack(1).seq(1));
            assertThat(told).hasValue(Readiness.ACCEPTABLE);
            tcp.accept();
        }
    }

    @Test
    @Shows({"MUST-4", "MUST-5", "MUST-6", "MUST-7", "MUST-64", "MUST-68"})
    void takesOptionsAsRobustlyAsTheRfcAsks() {                            // MUST-4 to MUST-7, MUST-64
        try (Drill tcp = drill().listening()) {
            tcp.in(syn().from(1).rawOptions(1, 253, 4, 9, 9, 2, 4, 2, 0)).out(synAck().from(1))
                    .in(ack(1).seq(1).from(1)).accept();
            assertThat(tcp.tcb().mss).as("behind an unknown option, not aligned").isEqualTo(512);
            tcp.closes().in(syn().from(2).rawOptions(2, 4, 2, 0, 3, 0)).out(fin(1).from(1), synAck().from(2))
                    .in(ack(1).seq(1).from(2)).accept();
            assertThat(tcp.tcb().mss).as("before an illegal length").isEqualTo(512);
            tcp.closes().in(syn().from(3).rawOptions(0, 2, 4, 2)).out(fin(1).from(2), synAck().from(3))
                    .in(ack(1).seq(1).from(3)).accept();
            assertThat(tcp.tcb().mss).as("nothing behind the end").isEqualTo(536);
        }
    }
}
