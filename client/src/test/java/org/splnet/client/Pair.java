package org.splnet.client;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// A connected socket and its peer, a plain one of the kernel's.
///
/// @param socket what is tested
/// @param peer the other end
record Pair(Socket socket, Socket peer) implements Closeable {
    static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /// Connects `socket`, which is not connected yet.
    static Pair of(Socket socket) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            socket.connect(server.getLocalSocketAddress());
            return new Pair(socket, server.accept());
        }
    }

    /// A port of loopback on which nobody listens, and none that the kernel chooses for anybody: for another
    /// test, or for the very socket that tries to connect to it.
    static InetSocketAddress nobody() {
        return new InetSocketAddress(LOOPBACK, 1);
    }

    /// Resets the connection.
    void reset() throws IOException {
        peer.setSoLinger(true, 0);
        peer.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        peer.close();
    }
}
