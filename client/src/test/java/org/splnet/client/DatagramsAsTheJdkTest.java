package org.splnet.client;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Datagrams beside the JDK's own.
class DatagramsAsTheJdkTest extends OracleTest {
    @Test
    void datagramsToPortZero() throws Exception {
        same(provider -> {
            try (DatagramChannel channel = provider.openDatagramChannel(StandardProtocolFamily.INET)) {
                return List.of(thrown(() -> channel.send(ByteBuffer.allocate(1), here(0))),
                        thrown(() -> channel.connect(here(0))), channel.isConnected());
            }
        });
    }

    @Test
    void whatIsNoDatagramBindsNothing() throws Exception {
        same(provider -> {
            try (DatagramChannel channel = provider.openDatagramChannel(StandardProtocolFamily.INET)) {
                String refused = thrown(() -> channel.send(null, here(9))).toString();
                return List.of(refused.contains("NullPointer"), String.valueOf(channel.getLocalAddress()));
            }
        });
    }

    @Test
    void whatAStrangerSentBeforeTheConnect() throws Exception {
        for (boolean socket : new boolean[] {true, false}) {
            same(provider -> {
                try (DatagramChannel channel = provider.openDatagramChannel(StandardProtocolFamily.INET);
                        Selector selector = provider.openSelector();
                        DatagramSocket stranger = new DatagramSocket(here(0));
                        DatagramSocket peer = new DatagramSocket(here(0))) {
                    SocketAddress at = channel.bind(here(0)).getLocalAddress();
                    channel.configureBlocking(false);
                    SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
                    stranger.send(new DatagramPacket(new byte[] {1}, 1, at));
                    selector.select(20_000);
                    key.cancel();
                    selector.selectNow();
                    channel.configureBlocking(true);
                    channel.connect(peer.getLocalSocketAddress());
                    peer.send(new DatagramPacket(new byte[] {2}, 1, at));
                    byte[] in = new byte[1];
                    if (socket) {
                        channel.socket().receive(new DatagramPacket(in, 1));
                    } else {
                        channel.receive(ByteBuffer.wrap(in));
                    }
                    return List.of(in[0]);
                }
            });
        }
    }

    @Test
    void aChannelWithoutAPortIsWritable() throws Exception {
        same(provider -> {
            try (DatagramChannel channel = provider.openDatagramChannel(StandardProtocolFamily.INET);
                    Selector selector = provider.openSelector();
                    DatagramSocket peer = new DatagramSocket(here(0))) {
                channel.configureBlocking(false);
                SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
                List<Object> seen = new ArrayList<>(List.of(selector.selectNow()));
                key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                seen.addAll(List.of(selector.selectNow(), key.readyOps()));
                selector.selectedKeys().clear();
                seen.add(channel.send(ByteBuffer.allocate(3), peer.getLocalSocketAddress()));
                seen.addAll(List.of(selector.selectNow(), key.readyOps()));
                return seen;
            }
        });
    }

    private static void state(List<Object> seen, DatagramSocket socket) {
        seen.add(List.of(socket.isBound(), socket.isConnected(), socket.isClosed(), socket.getPort(),
                Integer.signum(socket.getLocalPort()), String.valueOf(socket.getLocalAddress()),
                String.valueOf(socket.getInetAddress()), String.valueOf(socket.getLocalSocketAddress()),
                String.valueOf(socket.getRemoteSocketAddress())).toString().replaceAll("\\d{4,5}", "N"));
    }

    @Test
    void theSocketOfADatagramChannel() throws Exception {
        same(provider -> {
            List<Object> seen = new ArrayList<>();
            try (DatagramChannel channel = provider.openDatagramChannel(StandardProtocolFamily.INET);
                    DatagramSocket peer = new DatagramSocket(here(0))) {
                DatagramSocket socket = channel.socket();
                DatagramPacket packet = new DatagramPacket(new byte[9], 9);
                state(seen, socket);
                socket.bind(here(0));
                state(seen, socket);
                socket.setSoTimeout(1);
                seen.addAll(List.of(channel == socket.getChannel(), socket == channel.socket(),
                        done(() -> socket.bind(here(0))), done(() -> socket.send(packet)),
                        done(() -> socket.receive(packet)), done(() -> socket.connect(null)),
                        done(() -> socket.connect(here(0))), socket.getSoTimeout()));
                socket.send(new DatagramPacket(new byte[] {1, 2}, 2, peer.getLocalSocketAddress()));
                peer.receive(packet);
                peer.send(packet);
                socket.setSoTimeout(20_000);
                DatagramPacket back = new DatagramPacket(new byte[9], 9);
                socket.receive(back);
                seen.add(back.getLength());
                seen.add(back.getSocketAddress().equals(peer.getLocalSocketAddress()));
                socket.connect(peer.getLocalSocketAddress());
                state(seen, socket);
                seen.add(done(() -> socket.send(new DatagramPacket(new byte[2], 2))));
                seen.add(done(() -> socket.send(new DatagramPacket(new byte[2], 2, here(9)))));
                socket.disconnect();
                state(seen, socket);
                channel.configureBlocking(false);
                seen.add(done(() -> socket.receive(packet)));
                seen.add(done(() -> socket.send(packet)));
                channel.configureBlocking(true);
                socket.close();
                state(seen, socket);
                seen.addAll(List.of(channel.isOpen(), done(() -> socket.receive(packet)),
                        done(() -> socket.bind(here(0))), done(() -> socket.connect(here(9)))));
            }
            return seen;
        });
    }
}
