package org.splnet.socket;

import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

/// What the socket layer asks of TCP (`pr_usrreqs`). Methods of an open connection are called with the
/// socket's `ENDPOINT` lock held; those that open one are called holding nothing.
public interface StreamProtocol {
    /// Starts an active open; the socket becomes connected or failed later.
    ///
    /// @param local address and port to use, either or both unspecified (`null`, port 0)
    /// @throws SocketException if it cannot even be started
    StreamSocket connect(Endpoint local, Endpoint remote, SocketOptions options) throws SocketException;

    /// Starts listening.
    ///
    /// @param local address (unspecified for any) and port (0 to choose one)
    /// @param backlog connections established but not accepted; at least 1
    ListenSocket listen(Endpoint local, int backlog, SocketOptions options) throws SocketException;

    /// Holds a local end for a later [#connectFrom] or [#listenAt] (`bind`). Called holding nothing.
    ///
    /// @param local address (unspecified for any) and port (0 to choose one)
    LocalEnd bind(Endpoint local, SocketOptions options) throws SocketException;

    /// As [#connect(Endpoint, Endpoint, SocketOptions)], from a local end that becomes the connection's.
    StreamSocket connectFrom(LocalEnd from, Endpoint remote, SocketOptions options) throws SocketException;

    /// As [#listen(Endpoint, int, SocketOptions)], on a local end that becomes the listener's.
    ListenSocket listenAt(LocalEnd at, int backlog, SocketOptions options) throws SocketException;

    /// True if `address` could be bound.
    boolean isLocal(InetAddr address);
}
