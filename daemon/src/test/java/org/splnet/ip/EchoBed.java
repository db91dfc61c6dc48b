package org.splnet.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Arrays;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.icmp.EchoLimits;
import org.splnet.icmp.EchoProtocol;
import org.splnet.icmp.EchoSocket;
import org.splnet.kern.Clock;
import org.splnet.net.ScarceAllocator;
import org.splnet.socket.DatagramSocket.Datagram;
import org.splnet.socket.SockError;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;
import org.splnet.wire.Icmp4Header;

/// Sockets for ICMP echo on the host of [IpBed], three of ten messages at most.
@ExtendWith(NoLeaks.class)
abstract class EchoBed {
    static final Endpoint ANY = Endpoint.parse("0.0.0.0:0");
    static final Endpoint PEER = Endpoint.parse("10.0.0.2:0");

    final ScarceAllocator memory = new ScarceAllocator();
    final IpBed bed = new IpBed(IpConfig.DEFAULTS, 42, memory);
    final Clock clock = new Clock() {
        @Override
        public long nanoTime() {
            return bed.nowNs;
        }

        @Override
        public long wallMillis() {
            return 0;
        }
    };
    final EchoProtocol echo = new EchoProtocol(new EchoLimits(3, 10, 64 << 10), bed.ip, clock);

    @AfterEach
    void close() {
        bed.close();
        assertThat(echo.queued()).isZero();
    }

    EchoSocket bind(String local) throws SocketException {
        return echo.bind(Endpoint.parse(local), SocketOptions.DEFAULTS);
    }

    /// An echo request as a client writes it: identifier and checksum are nobody's.
    static byte[] request(int seq, int data) {
        byte[] request = Arrays.copyOf(new byte[] {8, 0, 77, 77, 99, 99, (byte) (seq >> 8), (byte) seq},
                8 + data);
        System.arraycopy(Ip4.data(data), 0, request, 8, data);
        return request;
    }

    static void send(EchoSocket socket, byte[] octets, Endpoint to) throws SocketException {
        ByteBuf data = PooledByteBufAllocator.DEFAULT.directBuffer(octets.length + 1).writeBytes(octets);
        try {
            socket.send(data, to);
            assertThat(data.isReadable()).isFalse();
        } finally {
            data.release();
        }
    }

    static Ip4 reply(String from, String to, int id, int seq, byte[] data) {
        return Ip4.from(from, to).icmp(Icmp4Header.ECHO_REPLY, 0, id << 16 | seq, data);
    }

    void replies(EchoSocket to, int seq) {
        bed.in(reply("10.0.0.2", "10.0.0.1", to.local().port(), seq, Ip4.data(4)));
    }

    /// What is read of a message that waits: its sequence number, -1 if there is none.
    static int next(EchoSocket socket) throws SocketException {
        Datagram got = socket.receive();
        if (got == null) {
            return -1;
        }
        try {
            assertThat(got.data().getUnsignedShort(4)).isEqualTo(socket.local().port());
            return got.data().getUnsignedShort(6);
        } finally {
            got.data().release();
        }
    }

    static void assertFails(SockError why, ThrowingCallable call) {
        Assertions.assertThatThrownBy(call).isInstanceOfSatisfying(SocketException.class,
                e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(why));
    }
}
