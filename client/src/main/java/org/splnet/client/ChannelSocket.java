package org.splnet.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/// What [SplnetSocketChannel#socket] gives: a socket that is the channel.
///
/// `java.net.Socket` keeps its state to itself, so what asks for it is answered from the channel here.
final class ChannelSocket extends SplnetSocket {
    private final SplnetSocketChannel channel;
    private final StreamSocket impl;

    ChannelSocket(SplnetSocketChannel channel) throws IOException {
        this(channel, new StreamSocket(channel.connection(), channel));
    }

    private ChannelSocket(SplnetSocketChannel channel, StreamSocket impl) throws IOException {
        super(impl);
        this.channel = channel;
        this.impl = impl;
    }

    private Connection connection() {
        return channel.connection();
    }

    @Override
    public void connect(SocketAddress remote, int timeout) throws IOException {
        if (remote == null) {
            throw new IllegalArgumentException("connect: The address can't be null");
        }
        if (remote instanceof InetSocketAddress inet && inet.isUnresolved()) {
            if (isClosed()) {
                throw new SocketException("Socket is closed");
            }
            if (isConnected()) {
                throw new SocketException("Already connected");
            }
            close();
            throw new UnknownHostException(remote.toString());
        }
        if (timeout < 0) {
            throw new IllegalArgumentException("connect: timeout can't be negative");
        }
        ensureBlocking();
        Translated.io(() -> channel.connect(remote, TimeUnit.MILLISECONDS.toNanos(timeout)));
    }

    @Override
    public void bind(SocketAddress local) throws IOException {
        Translated.io(() -> channel.bind(local));
    }

    @Override
    public InetAddress getInetAddress() {
        return isConnected() ? connection().remote().getAddress() : null;
    }

    @Override
    public int getPort() {
        return isConnected() ? connection().remote().getPort() : 0;
    }

    @Override
    public int getLocalPort() {
        return isBound() ? connection().local().getPort() : -1;
    }

    @Override
    public SocketChannel getChannel() {
        return channel;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        ensureConnected();
        if (isInputShutdown()) {
            throw new SocketException("Socket input is shutdown");
        }
        return new SocketStreams.Input(impl) {
            @Override
            public int read(byte[] b, int off, int len) throws IOException {
                ensureBlocking();
                return super.read(b, off, len);
            }

            @Override
            public int available() throws IOException {
                int n = super.available();
                channel.keys().early();     // the system does not tell of what that has read
                return n;
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        ensureConnected();
        if (isOutputShutdown()) {
            throw new SocketException("Socket output is shutdown");
        }
        return new SocketStreams.Output(impl) {
            @Override
            public void write(byte[] b, int off, int len) throws IOException {
                ensureBlocking();
                super.write(b, off, len);
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    private void ensureBlocking() {
        if (!channel.isBlocking()) {
            throw new IllegalBlockingModeException();
        }
    }

    private void ensureConnected() throws SocketException {
        if (isClosed()) {
            throw new SocketException("Socket is closed");
        }
        if (!isConnected()) {
            throw new SocketException("Socket is not connected");
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public void shutdownInput() throws IOException {
        Translated.io(channel::shutdownInput);
    }

    @Override
    public void shutdownOutput() throws IOException {
        Translated.io(channel::shutdownOutput);
    }

    @Override
    public boolean isConnected() {
        return channel.isConnected();
    }

    @Override
    public boolean isBound() {
        return connection().local() != null;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public boolean isInputShutdown() {
        return connection().inputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return connection().outputShutdown();
    }

    @Override
    public String toString() {
        return isConnected() ? "Socket[addr=" + getInetAddress() + ",port=" + getPort() + ",localport="
                + getLocalPort() + "]" : "Socket[unconnected]";
    }
}
