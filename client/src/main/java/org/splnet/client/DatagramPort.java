package org.splnet.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocketImpl;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// What `java.net.DatagramSocket` has beneath it. Interrupts and `close` are taken as in [StreamSocket].
final class DatagramPort extends DatagramSocketImpl {
    private final Splnet splnet;
    private final Channel face;         // the channel whose other face this is; null for none
    private volatile Datagrams datagrams;
    private final ReceiveRoom room = new ReceiveRoom(); // guarded by the reader's lock
    private volatile int timeoutMs;
    private volatile boolean closed;

    DatagramPort(Splnet splnet) {
        this.splnet = splnet;
        this.face = null;
    }

    /// Another face of a channel's socket.
    DatagramPort(Datagrams datagrams, Channel face) {
        this.splnet = null;
        this.face = face;
        this.datagrams = datagrams;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    protected void create() throws SocketException {
        if (face != null) {
            return;
        }
        try {
            datagrams = new Datagrams(splnet);
            // As java.net.DatagramSocket documents it.
            datagrams.options.set(StandardSocketOptions.SO_BROADCAST, true);
        } catch (IOException e) {
            throw Translated.socketException(e);
        }
    }

    @Override
    protected void bind(int port, InetAddress address) throws SocketException {
        try {
            datagrams.bind(EndPoint.checked(new InetSocketAddress(address, port)));
            localPort = datagrams.local().getPort();
        } catch (IOException e) {
            throw Translated.socketException(e);
        }
    }

    @Override
    protected void connect(InetAddress address, int port) throws SocketException {
        try {
            datagrams.connect(EndPoint.destination(new InetSocketAddress(address, port)));
        } catch (IOException e) {
            throw Translated.socketException(e);
        }
    }

    @Override
    protected void disconnect() {
        try {
            datagrams.connect(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void send(DatagramPacket packet) throws IOException {
        ByteBuffer payload = ByteBuffer.wrap(packet.getData(), packet.getOffset(), packet.getLength());
        InetSocketAddress to = datagrams.remote() != null ? null
                : EndPoint.destination(new InetSocketAddress(packet.getAddress(), packet.getPort()));
        datagrams.writing.lock();
        try {
            while (!datagrams.send(payload, to)) {
                datagrams.unix().awaitWritable(0, Wait.Interrupts.VIRTUAL_ONLY);
            }
            while (!datagrams.flush()) {
                datagrams.unix().awaitWritable(0, Wait.Interrupts.VIRTUAL_ONLY);
            }
        } catch (IOException e) {
            throw closedOr(e);
        } finally {
            datagrams.writing.unlock();
        }
    }

    @Override
    protected int peek(InetAddress address) throws IOException {
        throw new SocketException("peek into an InetAddress is not supported");
    }

    @Override
    protected int peekData(DatagramPacket packet) throws IOException {
        receive(packet, true);
        return packet.getPort();
    }

    @Override
    protected void receive(DatagramPacket packet) throws IOException {
        receive(packet, false);
    }

    private void receive(DatagramPacket packet, boolean keep) throws IOException {
        long start = System.nanoTime();
        long limitNs = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        datagrams.reading.lock();
        try {
            ByteBuffer payload = ByteBuffer.wrap(packet.getData(), packet.getOffset(), room.of(packet));
            InetSocketAddress from;
            while ((from = datagrams.receive(payload, keep)) == null) {
                datagrams.unix().awaitReadable(StreamSocket.remaining(start, limitNs, "Receive timed out"),
                        Wait.Interrupts.of(face));
            }
            packet.setSocketAddress(from);
            room.received(packet, payload.position() - packet.getOffset());
        } catch (IOException e) {
            throw closedOr(e);
        } finally {
            datagrams.reading.unlock();
        }
    }

    @Override
    protected void close() {
        closed = true;
        try {
            if (datagrams != null) {
                datagrams.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected <T> void setOption(SocketOption<T> name, T value) throws IOException {
        datagrams.options.set(name, value);
    }

    @Override
    protected <T> T getOption(SocketOption<T> name) throws IOException {
        return datagrams.options.get(name);
    }

    @Override
    protected Set<SocketOption<?>> supportedOptions() {
        return Options.DATAGRAM;
    }

    @Override
    public void setOption(int id, Object value) throws SocketException {
        if (id == SocketOptions.SO_TIMEOUT) {
            timeoutMs = (Integer) value;
            return;
        }
        try {
            datagrams.options.setLegacy(id, value);
        } catch (IOException e) {
            throw Translated.socketException(e);
        }
    }

    @Override
    public Object getOption(int id) throws SocketException {
        if (id == SocketOptions.SO_TIMEOUT) {
            return timeoutMs;
        }
        if (id == SocketOptions.SO_BINDADDR) {
            return (datagrams.local() == null ? EndPoint.ANY : datagrams.local()).getAddress();
        }
        try {
            return datagrams.options.get(Options.legacy(id));
        } catch (IOException e) {
            throw Translated.socketException(e);
        }
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal")
    protected void setTTL(byte ttl) throws IOException {
        setTimeToLive(ttl & 0xFF);
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal")
    protected byte getTTL() throws IOException {
        return (byte) getTimeToLive();
    }

    @Override
    protected void setTimeToLive(int ttl) throws IOException {
        setOption(SplnetOptions.IP_TTL, ttl);
    }

    @Override
    protected int getTimeToLive() throws IOException {
        return getOption(SplnetOptions.IP_TTL);
    }

    @Override
    protected void join(InetAddress group) throws IOException {
        throw noMulticast();
    }

    @Override
    protected void leave(InetAddress group) throws IOException {
        throw noMulticast();
    }

    @Override
    protected void joinGroup(SocketAddress group, NetworkInterface netIf) throws IOException {
        throw noMulticast();
    }

    @Override
    protected void leaveGroup(SocketAddress group, NetworkInterface netIf) throws IOException {
        throw noMulticast();
    }

    private static IOException noMulticast() {
        return new SocketException("splnet has no multicast");
    }

    private IOException closedOr(IOException e) throws IOException {
        if (e instanceof ClosedByInterruptException) {
            close();
            if (face != null) {
                face.close();
                return e;
            }
            return new SocketException("Closed by interrupt");
        }
        return closed || e instanceof ClosedChannelException ? new SocketException("Socket closed") : e;
    }
}
