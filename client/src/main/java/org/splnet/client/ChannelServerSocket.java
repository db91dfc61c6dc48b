package org.splnet.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.ServerSocketChannel;

/// What [SplnetServerSocketChannel#socket] gives: a server's socket that is the channel.
final class ChannelServerSocket extends ServerSocket {
    private final SplnetServerSocketChannel channel;
    private volatile int timeoutMs;

    ChannelServerSocket(SplnetServerSocketChannel channel) throws IOException {
        super(new StreamSocket(channel.listener()));
        this.channel = channel;
    }

    @Override
    public void bind(SocketAddress local, int backlog) throws IOException {
        Translated.io(() -> channel.bind(local, backlog));
    }

    @Override
    public Socket accept() throws IOException {
        int limit = timeoutMs;
        if (limit > 0 && !channel.isBlocking()) {
            throw new IllegalBlockingModeException();
        }
        Connection accepted = Translated.io(() -> channel.accept(limit));
        if (accepted == null) {
            throw new IllegalBlockingModeException();
        }
        return new SplnetSocketChannel(channel.provider(), accepted).socket();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public InetAddress getInetAddress() {
        return isBound() ? channel.listener().local().getAddress() : null;
    }

    @Override
    public int getLocalPort() {
        return isBound() ? channel.listener().local().getPort() : -1;
    }

    @Override
    public ServerSocketChannel getChannel() {
        return channel;
    }

    @Override
    public boolean isBound() {
        return channel.listener().local() != null;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public void setSoTimeout(int timeout) {
        if (timeout < 0) {
            throw new IllegalArgumentException("timeout: " + timeout + " is negative");
        }
        timeoutMs = timeout;
    }

    @Override
    public int getSoTimeout() {
        return timeoutMs;
    }

    @Override
    public String toString() {
        return isBound() ? "ServerSocket[addr=" + getInetAddress() + ",localport=" + getLocalPort() + "]"
                : "ServerSocket[unbound]";
    }
}
