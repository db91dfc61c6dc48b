package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.splnet.socket.DatagramSocket;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;

/// A client's datagram socket without a peer, one of whose receivers is not there: as on Linux nobody is
/// told, and no datagram is lost by it but that receiver's.
class AbsentReceiverTest extends LentBed {
    private static final int HEADER = 40;
    private static final Endpoint THERE = Endpoint.parse("127.0.0.1:9001");

    private static byte[] packet(int octet) {
        return ByteBuffer.allocate(HEADER + 1).put(0, (byte) 4).putShort(2, (short) THERE.port())
                .putInt(4, (int) THERE.addr().lo()).put(HEADER, (byte) octet).array();
    }

    @Test
    void costsNoLaterDatagram() throws IOException, InterruptedException {
        try (RawClient asking = RawClient.of(server);
                RawClient client = RawClient.packets(asking,
                        "{\"local\":\"127.0.0.1:0\",\"descriptors\":true}")) {
            assertThat(asking.answer()).startsWith("HTTP/1.1 200 ");
            client.write(packet(1));
            until(() -> host.udp.stats().errors.sum() == 1);
            DatagramSocket receiver = host.udp.bind(THERE, SocketOptions.DEFAULTS);
            try {
                client.write(packet(2));
                assertThat(receiver.await(Readiness.READABLE, 10 * SECOND)).isNotZero();
                DatagramSocket.Datagram came = receiver.receive();
                assertThat(came.data().readByte()).isEqualTo((byte) 2);
                came.data().release();
            } finally {
                receiver.close();
            }
        }
    }
}
