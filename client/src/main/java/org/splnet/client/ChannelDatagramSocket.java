package org.splnet.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalBlockingModeException;

/// What [SplnetDatagramChannel#socket] gives: a datagram socket that is the channel.
///
/// Options and the timeout are what `java.net.DatagramSocket` makes of the [DatagramPort] beneath; its state
/// it keeps to itself, so what asks for that is answered from the channel here.
final class ChannelDatagramSocket extends DatagramSocket {
    private final SplnetDatagramChannel channel;
    private final DatagramPort port;

    ChannelDatagramSocket(SplnetDatagramChannel channel) {
        this(channel, new DatagramPort(channel.datagrams(), channel));
    }

    private ChannelDatagramSocket(SplnetDatagramChannel channel, DatagramPort port) {
        super(port);
        this.channel = channel;
        this.port = port;
    }

    private InetSocketAddress local() {
        return channel.datagrams().local();
    }

    private InetSocketAddress remote() {
        return channel.datagrams().remote();
    }

    @Override
    public void bind(SocketAddress local) throws SocketException {
        if (local != null && !(local instanceof InetSocketAddress)) {
            throw new IllegalArgumentException("Unsupported address type!");
        }
        Translated.socket(() -> channel.bind(local));
    }

    @Override
    public void connect(InetAddress address, int to) {
        if (address == null) {
            throw new IllegalArgumentException("Address can't be null");
        }
        try {
            connect(new InetSocketAddress(address, to));
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void connect(SocketAddress remote) throws SocketException {
        if (remote == null) {
            throw new IllegalArgumentException("Address can't be null");
        }
        Translated.socket(() -> {
            try {
                return channel.disconnect().connect(remote);
            } catch (ClosedChannelException e) {
                // as the JDK's: a socket that is closed connects to nobody, and does not complain
                return channel;
            }
        });
    }

    @Override
    public void disconnect() {
        try {
            channel.disconnect();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void send(DatagramPacket packet) throws IOException {
        ensureBlocking();
        synchronized (packet) {
            ByteBuffer payload = ByteBuffer.wrap(packet.getData(), packet.getOffset(), packet.getLength());
            try {
                channel.send(payload, destination(packet));
            } catch (ClosedByInterruptException e) {
                throw e;
            } catch (ClosedChannelException e) {
                throw new SocketException("Socket closed");
            }
        }
    }

    private SocketAddress destination(DatagramPacket packet) {
        InetSocketAddress remote = remote();
        if (packet.getAddress() == null) {
            if (remote == null) {
                throw new IllegalArgumentException("Address not set");
            }
            packet.setSocketAddress(remote);
        } else if (remote != null && !remote.equals(packet.getSocketAddress())) {
            throw new IllegalArgumentException("Connected and packet address differ");
        }
        return packet.getSocketAddress();
    }

    @Override
    public void receive(DatagramPacket packet) throws IOException {
        ensureBlocking();
        try {
            channel.ensureBound();
        } catch (ClosedChannelException e) {
            throw new SocketException("Socket closed");
        }
        synchronized (packet) {
            port.receive(packet);
        }
    }

    private void ensureBlocking() {
        if (!channel.isBlocking()) {
            throw new IllegalBlockingModeException();
        }
    }

    @Override
    public boolean isBound() {
        return local() != null;
    }

    @Override
    public boolean isConnected() {
        return remote() != null;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public InetAddress getInetAddress() {
        return isConnected() ? remote().getAddress() : null;
    }

    @Override
    public int getPort() {
        return isConnected() ? remote().getPort() : -1;
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return remote();
    }

    @Override
    public InetAddress getLocalAddress() {
        return isClosed() ? null : isBound() ? local().getAddress() : new InetSocketAddress(0).getAddress();
    }

    @Override
    public int getLocalPort() {
        return isClosed() ? -1 : isBound() ? local().getPort() : 0;
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return isClosed() ? null : local();
    }

    @Override
    public DatagramChannel getChannel() {
        return channel;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        super.close();
    }
}
