package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.s;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.data;
import static org.splnet.tcp.Seg.fin;
import static org.splnet.tcp.Seg.rst;
import static org.splnet.tcp.Seg.syn;
import static org.splnet.tcp.Seg.synAck;

import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.tcp.TcpStats.Counter;

/// Connections after their user has closed: how many there may be, and how long who lingers waits for them.
@ExtendWith(NoLeaks.class)
class OrphansTest {
    /// One more connection, from another port of the peer, closed with 100 octets unacknowledged.
    private static void orphan(Drill tcp, int port) {
        tcp.in(syn().from(port).mss(1000)).out(synAck().from(port)).in(ack(1).seq(1).from(port)).accept();
        tcp.act("write and close", socket -> {
            var octets = Unpooled.buffer();
            for (int i = 0; i < 100; i++) {
                octets.writeByte(Drill.octet(i));
            }
            socket.send(octets);
            octets.release();
            socket.close();
        });
    }

    @Test
    void theOldestIsResetBeyondTheLimit() {
        try (Drill tcp = drill().config("orphans", 2).listening()) {
            orphan(tcp, 1);
            tcp.out(data(1, 101).from(1), fin(101).from(1));
            orphan(tcp, 2);
            tcp.out(data(1, 101).from(2), fin(101).from(2));
            assertThat(tcp.tcp.orphans.size()).isEqualTo(2);
            orphan(tcp, 3);
            tcp.out(data(1, 101).from(3), fin(101).from(3), rst(102).from(1)).outNothing()
                    .counted(Counter.ORPHANS_RESET, 1);
            assertThat(tcp.tcp.orphans.size()).isEqualTo(2);
            assertThat(tcp.tcp.connections()).isEqualTo(2);
        }
    }

    @Test
    void whoEndsAsItShouldMakesRoom() {
        try (Drill tcp = drill().config("orphans", 1).accepted()) {
            tcp.closes().out(fin(1));
            assertThat(tcp.tcp.orphans.size()).isEqualTo(1);
            tcp.in(ack(2)).state(TcpState.FIN_WAIT_2);
            assertThat(tcp.tcp.orphans.size()).as("it still waits for the FIN").isEqualTo(1);
            tcp.in(fin(1).acks(2)).out(ack(2).seq(2)).state(TcpState.TIME_WAIT);
            assertThat(tcp.tcp.orphans.size()).isZero();
            orphan(tcp, 2);
            tcp.out(data(1, 101).from(2), fin(101).from(2)).outNothing().counted(Counter.ORPHANS_RESET, 0);
        }
    }

    @Test
    void noneIsLeftByResetTimeoutOrLastAck() {
        try (Drill tcp = drill().accepted()) {
            tcp.closes().out(fin(1)).in(rst(1));
            assertThat(tcp.tcp.orphans.size()).isZero();
        }
        try (Drill tcp = drill().config("dataRetries", 1).accepted()) {
            tcp.closes().out(fin(1)).after(s(10)).out(fin(1)).gone();
            assertThat(tcp.tcp.orphans.size()).isZero();
        }
        try (Drill tcp = drill().closeWait()) {
            tcp.closes().out(fin(1)).in(ack(2).seq(2)).gone();
            assertThat(tcp.tcp.orphans.size()).isZero();
        }
    }

    // ---- SO_LINGER

    /// A close that lingers, on a thread of its own, asleep.
    private static Thread lingering(Drill tcp, long ns) {
        tcp.options(tcp.setup.options.withLinger(ns));
        Thread closer = new Thread(tcp.socket::close, "closer");
        closer.start();
        while (closer.getState() != Thread.State.TIMED_WAITING && closer.isAlive()) {
            Thread.onSpinWait();
        }
        return closer;
    }

    private static void returns(Thread closer) throws InterruptedException {
        assertThat(closer.join(java.time.Duration.ofSeconds(10))).as("close has returned").isTrue();
    }

    @Test
    void aCloseThatLingersReturnsWhenEverythingIsAcknowledged() throws InterruptedException {
        try (Drill tcp = drill().accepted()) {
            tcp.write(100).out(data(1, 101)).shutdownOutput().out(fin(101));
            Thread closer = lingering(tcp, TimeUnit.HOURS.toNanos(1));
            tcp.in(ack(101));
            assertThat(closer.isAlive()).as("the FIN is not acknowledged").isTrue();
            tcp.in(ack(102)).state(TcpState.FIN_WAIT_2);
            returns(closer);
        }
    }

    @Test
    void itReturnsWhenThePeerResets() throws InterruptedException {
        try (Drill tcp = drill().accepted()) {
            tcp.write(100).out(data(1, 101)).shutdownOutput().out(fin(101));
            Thread closer = lingering(tcp, TimeUnit.HOURS.toNanos(1));
            tcp.in(rst(1));
            returns(closer);
        }
    }

    @Test
    void itReturnsWhenTheTimeIsUpAndTheConnectionGoesOn() {
        try (Drill tcp = drill().accepted()) {
            tcp.options(tcp.setup.options.withLinger(1)).write(100).out(data(1, 101)).closes().out(fin(101))
                    .state(TcpState.FIN_WAIT_1).in(ack(102)).state(TcpState.FIN_WAIT_2);
        }
    }

    @Test
    void itDoesNotWaitForWhatIsAcknowledged() {
        try (Drill tcp = drill().finWait2()) {
            tcp.options(tcp.setup.options.withLinger(TimeUnit.HOURS.toNanos(1))).closes();
        }
    }
}
