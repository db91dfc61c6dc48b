package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.Drill.ms;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.inet.FakeNetwork.Sent;
import org.splnet.kern.Deferred;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.TcpHeader;

/// Streams of more octets than there are sequence numbers: nothing that was said long ago may mean anything
/// once the numbers have come round.
@ExtendWith(NoLeaks.class)
class LongStreamTest {
    private static final long ALL_NUMBERS = 1L << 32;
    private static final int CHUNK = 1 << 20;
    private static final int LARGEST = 65_535;

    private final ByteBuf chunk = Unpooled.directBuffer(CHUNK).writeZero(CHUNK);
    private long sent;

    @AfterEach
    void release() {
        chunk.release();
    }

    /// Sends so many octets more and has them acknowledged; each packet is text and nothing else, and as
    /// large as it may be.
    private void carry(Drill tcp, long octets) throws SocketException {
        long until = sent + octets;
        long packets = 0;
        while (sent < until) {
            chunk.setIndex(0, (int) Math.min(CHUNK, until - sent));
            tcp.socket.send(chunk);
            for (Sent each; (each = tcp.network.next()) != null; packets++) {
                TcpHeader header = new TcpHeader().wrap(each.packet().buf, each.packet().l4);
                assertThat(header.flags() & ~TcpHeader.PSH).as("flags, %d octets on", sent)
                        .isEqualTo(TcpHeader.ACK);
                sent += each.packet().length() - header.headerLen();
                each.packet().free();
            }
            tcp.clock.advance(ms(1));
            Seg all = ack((int) (sent + 1));
            all.seq = 1;
            tcp.tcp.input(tcp.peer.packet(all), tcp.clock.nanoTime());
            Deferred.run();
        }
        assertThat(sent).isEqualTo(until);
        assertThat(packets).isLessThan(octets / LARGEST * 5 / 4 + 100);
    }

    @Test
    void theNumbersComeRound() throws SocketException {
        var options = SocketOptions.DEFAULTS.withNoDelay(true);
        try (Drill tcp = drill().options(options).wnd(65_535).scale(14).largestSend(LARGEST).accepted()) {
            carry(tcp, ALL_NUMBERS - 1);
            assertThat(tcp.tcb().sndNxt).as("where it began").isEqualTo(tcp.tcb().iss);
            carry(tcp, 1);
            carry(tcp, CHUNK);
            assertThat(tcp.tcb().state).isEqualTo(TcpState.ESTABLISHED);
        }
    }

    @Test
    void congestionIsHeardOfAfterLongPeace() {
        var ecn = new Ecn(0);
        int una = 0;
        for (int i = 0; i < 5; i++) {
            una += 1 << 30;
            ecn.acknowledged(una);
            assertThat(ecn.congested(una, una + CHUNK)).isTrue();
            assertThat(ecn.congested(una, una + CHUNK)).as("once per round trip").isFalse();
        }
    }
}
