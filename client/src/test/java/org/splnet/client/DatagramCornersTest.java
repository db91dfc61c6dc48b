package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// Datagrams on splnet that come in corners, or at odd times.
class DatagramCornersTest extends MockTest {
    private DatagramChannel channel() throws Exception {
        return splnet.selectorProvider().openDatagramChannel();
    }

    /// What the daemon sends for an error: 111 is ECONNREFUSED.
    private static void error(ByteBuffer to) {
        to.putInt(2 * EndPoint.LENGTH).put((byte) EndPoint.ERROR).put((byte) 0).putShort((short) 111)
                .put(new byte[2 * EndPoint.LENGTH - 4]);
    }

    /// And for a datagram of one octet.
    private static void datagram(ByteBuffer to, int octet) {
        to.putInt(2 * EndPoint.LENGTH + 1);
        EndPoint.put(to, Pair.nobody());
        EndPoint.put(to, null);
        to.put((byte) octet);
    }

    /// The daemon writes this on its only Unix connection.
    private void write(ByteBuffer frames) throws Exception {
        daemon.open.iterator().next().write(frames.flip());
    }

    @Test
    void aDatagramThatWasReadTogetherWithAnErrorIsToldOf() throws Exception {
        try (Selector selector = splnet.selectorProvider().openSelector();
                DatagramChannel channel = channel()) {
            channel.bind(new InetSocketAddress(Pair.LOOPBACK, 0)).configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            ByteBuffer both = ByteBuffer.allocate(200);
            error(both);
            datagram(both, 7);
            write(both);
            assertThat(selector.select(20_000)).isOne();
            ByteBuffer in = ByteBuffer.allocate(9);
            assertThatThrownBy(() -> channel.receive(in)).isInstanceOf(PortUnreachableException.class);
            selector.selectedKeys().clear();
            assertThat(selector.selectNow()).isOne();
            assertThat(channel.receive(in)).isEqualTo(Pair.nobody());
            assertThat(in.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {7}));
        }
    }

    @Test
    void nothingIsReceivedAnewAfterTheClose() throws Exception {
        DatagramSocket socket = splnet.datagramSocket();
        ByteBuffer two = ByteBuffer.allocate(200);
        datagram(two, 1);
        datagram(two, 2);
        write(two);
        DatagramPacket in = new DatagramPacket(new byte[9], 9);
        socket.receive(in);
        socket.receive(in);
        socket.close();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> socket.receive(in)).isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
        }
    }

    @Test
    void whoSendsFirstDoesNotWaitForWhoReceivesFirst() throws Exception {
        var answered = new CountDownLatch(1);
        daemon.beforeDatagram = () -> {
            try {
                answered.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        try (DatagramChannel channel = channel();
                DatagramSocket peer = new DatagramSocket(0, Pair.LOOPBACK)) {
            var receiving = Doing.by(Thread.ofPlatform().daemon(),
                    () -> channel.receive(ByteBuffer.allocate(9))).untilItWaits();
            var sending = Doing.by(Thread.ofPlatform().daemon(),
                    () -> channel.send(ByteBuffer.allocate(1), peer.getLocalSocketAddress()));
            until(() -> sending.thread().getState() == Thread.State.WAITING);
            answered.countDown();
            assertThat(sending.value()).isOne();
            DatagramPacket query = new DatagramPacket(new byte[9], 9);
            peer.setSoTimeout(20_000);
            peer.receive(query);
            peer.send(query);
            assertThat(receiving.value()).isEqualTo(peer.getLocalSocketAddress());
        }
    }
}
