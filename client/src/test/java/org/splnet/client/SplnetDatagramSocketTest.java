package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `java.net.DatagramSocket` on splnet.
class SplnetDatagramSocketTest extends MockTest {
    private static DatagramPacket packet(byte[] octets, DatagramSocket to) {
        return new DatagramPacket(octets, octets.length, Pair.LOOPBACK, to.getLocalPort());
    }

    @Test
    void sendsAndReceives() throws Exception {
        try (DatagramSocket socket = splnet.datagramSocket();
                DatagramSocket peer = new DatagramSocket(0, Pair.LOOPBACK)) {
            for (int size : new int[] {0, 1, 1000, Datagrams.LARGEST}) {
                byte[] octets = new byte[size];
                Arrays.fill(octets, (byte) size);
                socket.send(packet(octets, peer));
                DatagramPacket in = new DatagramPacket(new byte[65536], 65536);
                peer.receive(in);
                assertThat(Arrays.copyOf(in.getData(), in.getLength())).isEqualTo(octets);
                assertThat(in.getPort()).isEqualTo(socket.getLocalPort());

                peer.send(in);
                DatagramPacket back = new DatagramPacket(new byte[65536], 65536);
                socket.receive(back);
                assertThat(Arrays.copyOf(back.getData(), back.getLength())).isEqualTo(octets);
                assertThat(back.getSocketAddress()).isEqualTo(peer.getLocalSocketAddress());
            }
        }
    }

    @Test
    void aPacketThatIsUsedAgainHasTheRoomItHad() throws Exception {
        try (DatagramSocket socket = splnet.datagramSocket();
                DatagramSocket peer = new DatagramSocket(0, Pair.LOOPBACK)) {
            DatagramPacket in = new DatagramPacket(new byte[100], 0, 20);
            for (int size : new int[] {5, 15, 50}) {
                peer.send(packet(new byte[size], socket));
                socket.receive(in);
                assertThat(in.getLength()).isEqualTo(Math.min(size, 20));
            }
        }
    }

    @Test
    void aPacketWithAnotherArrayHasItsRoom() throws Exception {
        try (DatagramSocket socket = splnet.datagramSocket();
                DatagramSocket peer = new DatagramSocket(0, Pair.LOOPBACK)) {
            DatagramPacket in = new DatagramPacket(new byte[100], 100);
            peer.send(packet(new byte[5], socket));
            socket.receive(in);
            in.setData(new byte[5]);
            peer.send(packet(new byte[9], socket));
            socket.receive(in);
            assertThat(in.getLength()).isEqualTo(5);
            in.setData(new byte[20], 15, 5);
            peer.send(packet(new byte[9], socket));
            socket.receive(in);
            assertThat(in.getLength()).isEqualTo(5);
        }
    }

    @Test
    void aBindThatFailsLeavesNothing() throws Exception {
        try (DatagramSocket other = new DatagramSocket(0, Pair.LOOPBACK);
                DatagramChannel channel = splnet.selectorProvider().openDatagramChannel()) {
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> channel.bind(other.getLocalSocketAddress()))
                        .isInstanceOf(SocketException.class);
            }
            until(() -> daemon.open.isEmpty());
        }
    }

    @Test
    void tooLargeIsSaid() throws Exception {
        try (DatagramSocket socket = splnet.datagramSocket()) {
            assertThatThrownBy(() -> socket.send(packet(new byte[Datagrams.LARGEST + 1], socket)))
                    .isInstanceOf(SocketException.class).hasMessage("Message too long");
            socket.send(packet(new byte[1], socket));
        }
    }

    @Test
    void connectsAndHearsOfAPortThatIsNone() throws Exception {
        try (DatagramSocket socket = splnet.datagramSocket()) {
            socket.connect(Pair.nobody());
            assertThat(socket.isConnected()).isTrue();
            socket.setSoTimeout(20_000);
            socket.send(new DatagramPacket(new byte[1], 1));
            assertThatThrownBy(() -> socket.receive(new DatagramPacket(new byte[9], 9)))
                    .isExactlyInstanceOf(PortUnreachableException.class).hasMessage(null);
            socket.disconnect();
            assertThat(socket.isConnected()).isFalse();
        }
    }

    @Test
    void receiveHasItsTimeout() throws Exception {
        try (DatagramSocket socket = splnet.datagramSocket()) {
            socket.setSoTimeout(30);
            assertThatThrownBy(() -> socket.receive(new DatagramPacket(new byte[9], 9)))
                    .isInstanceOf(SocketTimeoutException.class).hasMessage("Receive timed out");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closeEndsAReceiveByAnother(boolean virtual) throws Exception {
        DatagramSocket socket = splnet.datagramSocket();
        var receiving = Doing.by(virtual ? Thread.ofVirtual() : Thread.ofPlatform(), () -> {
            socket.receive(new DatagramPacket(new byte[9], 9));
            return null;
        }).untilItWaits();
        socket.close();
        assertThat(receiving.thrown()).isExactlyInstanceOf(SocketException.class).hasMessage("Socket closed");
        until(() -> daemon.open.isEmpty() || daemon.open.size() == 1); // the latter is the control connection
    }

    @Test
    void anInterruptClosesUnderAVirtualThread() throws Exception {
        try (DatagramSocket socket = splnet.datagramSocket()) {
            var receiving = Doing.by(Thread.ofVirtual(), () -> {
                socket.receive(new DatagramPacket(new byte[9], 9));
                return null;
            }).untilItWaits();
            receiving.thread().interrupt();
            assertThat(receiving.thrown()).hasMessage("Closed by interrupt");
            assertThat(socket.isClosed()).isTrue();
        }
    }

    @Test
    void aBroadcastWithoutLeaveIsRefused() throws Exception {
        InetAddress everybody = InetAddress.getByName("255.255.255.255");
        try (DatagramSocket socket = splnet.datagramSocket()) {
            socket.setBroadcast(false);
            assertThatThrownBy(() -> socket.send(new DatagramPacket(new byte[1], 1, everybody, 9)))
                    .isExactlyInstanceOf(BindException.class).hasMessage("Permission denied");
            socket.setBroadcast(true);
            socket.send(new DatagramPacket(new byte[1], 1, everybody, 9));
        }
    }

    @Test
    void hasOptions() throws Exception {
        try (DatagramSocket socket = splnet.datagramSocket()) {
            socket.setBroadcast(true);
            assertThat(socket.getBroadcast()).isTrue();
            socket.setBroadcast(false);
            assertThat(socket.getBroadcast()).isFalse();
            socket.setSendBufferSize(50_000);
            assertThat(socket.getSendBufferSize()).isPositive();
        }
    }
}
