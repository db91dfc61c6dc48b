package org.splnet.client;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.Map;
import org.splnet.client.MockDaemon.Request;

/// A Unix connection that becomes a datagram socket of the kernel's.
final class MockDatagram {
    private static final int ECONNREFUSED = 111;

    private final MockDaemon daemon;
    private final SocketChannel unix;
    private DatagramSocket udp;

    MockDatagram(MockDaemon daemon, SocketChannel unix) {
        this.daemon = daemon;
        this.unix = unix;
    }

    void open(Request request) throws IOException {
        Map<String, Object> members = FlatJson.read(request.body());
        long id = daemon.ids.incrementAndGet();
        try {
            udp = new DatagramSocket(EndPoint.parse((String) members.get("local")));
        } catch (IOException e) {
            throw MockError.of(e);
        }
        try (DatagramSocket closes = udp) {
            var options = new MockOptions(closes);
            daemon.options.put(id, options);
            MockDaemon.answer(unix, 200, Map.of("Splnet-Socket", Long.toString(id), "Splnet-Local",
                    MockDaemon.text(udp.getLocalSocketAddress())), "");
            Thread.ofVirtual().start(() -> inwards(options));
            outwards();
        } finally {
            daemon.options.remove(id);
        }
    }

    private void inwards(MockOptions options) {
        byte[] octets = new byte[65536];
        while (!udp.isClosed()) {
            ByteBuffer out = ByteBuffer.allocate(44 + octets.length);
            DatagramPacket packet = new DatagramPacket(octets, octets.length);
            options.receiving.lock();
            try {
                // Not for ever: connect waits for a receive that is under way.
                udp.setSoTimeout(20);
                udp.receive(packet);
                out.putInt(40 + packet.getLength());
                EndPoint.put(out, (InetSocketAddress) packet.getSocketAddress());
                EndPoint.put(out, EndPoint.checked(udp.getLocalSocketAddress()));
                out.put(octets, 0, packet.getLength());
            } catch (PortUnreachableException e) {
                out.putInt(40).put((byte) EndPoint.ERROR).put((byte) 0).putShort((short) ECONNREFUSED)
                        .position(44);
            } catch (SocketTimeoutException e) {
                continue;
            } catch (IOException e) {
                return;
            } finally {
                options.receiving.unlock();
            }
            try {
                for (out.flip(); out.hasRemaining();) {
                    unix.write(out);
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    private void outwards() throws IOException {
        DataInputStream in = new DataInputStream(Channels.newInputStream(unix));
        while (true) {
            byte[] message = new byte[in.readInt()];
            in.readFully(message);
            DatagramPacket packet = new DatagramPacket(message, 40, message.length - 40);
            if (message[0] != EndPoint.NONE) {
                packet.setSocketAddress(EndPoint.get(ByteBuffer.wrap(message), 0));
            } else {
                packet.setSocketAddress(udp.getRemoteSocketAddress());
            }
            try {
                udp.send(packet);
            } catch (PortUnreachableException e) {
                // inwards may miss it then: said here
                ByteBuffer out = ByteBuffer.allocate(44);
                out.putInt(40).put((byte) EndPoint.ERROR).put((byte) 0).putShort((short) ECONNREFUSED)
                        .position(44).flip();
                unix.write(out);
            }
        }
    }
}
