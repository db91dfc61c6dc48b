package org.splnet.client;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/// A `java.net.ServerSocket` on splnet.
///
/// A connection that nobody accepts within 30 seconds after splnet has announced it is reset.
public class SplnetServerSocket extends ServerSocket {
    private final Splnet splnet;

    /// A server's socket that is not bound.
    ///
    /// @throws IOException never; the daemon is asked when it is bound
    public SplnetServerSocket(Splnet splnet) throws IOException {
        this(splnet, new StreamSocket(splnet, true));
    }

    SplnetServerSocket(Splnet splnet, StreamSocket impl) throws IOException {
        super(impl);
        this.splnet = splnet;
    }

    @Override
    public Socket accept() throws IOException {
        if (isClosed()) {
            throw new SocketException("Socket is closed");
        }
        if (!isBound()) {
            throw new SocketException("Socket is not bound yet");
        }
        Socket accepted = new SplnetSocket(splnet);
        implAccept(accepted);
        return accepted;
    }
}
