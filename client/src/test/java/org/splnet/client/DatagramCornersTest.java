package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// Datagrams on splnet that come in corners, or at odd times.
class DatagramCornersTest extends MockTest {
    private DatagramChannel channel() throws Exception {
        return splnet.selectorProvider().openDatagramChannel();
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
