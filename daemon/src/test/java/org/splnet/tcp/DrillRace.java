package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.splnet.inet.FakeNetwork;
import org.splnet.kern.Deferred;
import org.splnet.kern.Race;
import org.splnet.pkt.Packet;
import org.splnet.socket.SocketException;
import org.splnet.tcp.TcpStats.Counter;
import org.splnet.wire.TcpHeader;

/// A race around one TCP, led to where it begins by a [Drill]. Afterwards everything is closed, and then
/// there is no connection, no timer, no reservation, no memory that anybody holds.
abstract class DrillRace implements Race {
    final Drill drill;

    DrillRace(Drill drill) {
        this.drill = drill;
    }

    /// The peer's segment, made now, arrives when the step is done.
    Step arrival(Seg... segs) {
        Packet[] packets = new Packet[segs.length];
        for (int i = 0; i < segs.length; i++) {
            if ((segs[i].flags & TcpHeader.ACK) != 0 && segs[i].ack == null) {
                segs[i].ack = 1;
            }
            packets[i] = drill.peer.packet(segs[i]);
        }
        return () -> {
            for (Packet packet : packets) {
                drill.tcp.input(packet, drill.clock.nanoTime());
            }
            Deferred.run();
        };
    }

    /// What is due by now fires.
    Step timers() {
        return () -> {
            drill.wheel.advance(drill.clock.nanoTime());
            Deferred.run();
        };
    }

    /// Time passes, but nobody is told: timers are due and have not fired.
    void late(long ns) {
        drill.clock.advance(ns);
    }

    /// A user whose socket is closed or reset by somebody else meanwhile: that he is told is as it should be.
    static Step tolerant(Step step) {
        return () -> {
            try {
                step.run();
            } catch (SocketException told) {
                assertThat(told.error()).isNotNull();
            }
        };
    }

    @Override
    public void check() throws Exception {
        if (drill.socket != null) {
            drill.socket.close();
        }
        if (drill.listener != null) {
            drill.listener.close();
        }
        drill.tcp.shutdown(drill.clock.nanoTime());
        assertThat(drill.tcp.connections()).as("connections").isZero();
        assertThat(drill.wheel.armed()).as("timers").isZero();
        assertThat(drill.tcp.receiveMemoryHeld()).as("receive memory").isZero();
        assertThat(drill.tcp.orphans.size()).as("orphans").isZero();
        assertThat(drill.tcp.stats().count(Counter.CONNECTS) + drill.tcp.stats().count(Counter.ACCEPTS))
                .as("opened").isEqualTo(drill.tcp.stats().count(Counter.CLOSED));
        long host = FakeNetwork.HOST.lo();
        assertThat(drill.tcp.ports.uses(0, host, drill.peer.localPort)).as("uses of the port").isZero();
    }

    @Override
    public void close() {
        try {
            drill.tcp.shutdown(drill.clock.nanoTime());
        } finally {
            drill.network.close();
        }
    }
}
