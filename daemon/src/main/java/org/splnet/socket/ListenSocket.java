package org.splnet.socket;

import org.splnet.wire.Endpoint;

/// A listener: an object of its own with its own lock (`LISTENER`) and its own end; no connection ever
/// changes into one.
public abstract class ListenSocket {
    /// The oldest established connection, which is the caller's from now on.
    ///
    /// @return null if none waits
    /// @throws SocketException if the listener is closed
    public abstract StreamSocket accept() throws SocketException;

    /// Blocks until a connection waits or the listener is closed.
    ///
    /// @return the events, 0 if the time was up
    public abstract int await(int events, long timeoutNs) throws InterruptedException;

    /// Sets who is told of [Readiness#ACCEPTABLE].
    public abstract void listener(Readiness.Listener listener);

    /// Ends it: half-open connections and those nobody accepted are reset (RFC 9293 3.10.4). Idempotent.
    public abstract void close();

    /// Changes the options; connections that come from now on inherit them.
    public abstract void options(SocketOptions options);

    /// The options.
    public abstract SocketOptions options();

    /// Says whose socket this is, for people.
    public abstract void user(String name);

    /// The bound address; unspecified for any.
    public abstract Endpoint local();

    /// Established connections waiting to be accepted.
    public abstract int queued();

    /// The limit of [#queued].
    public abstract int backlog();
}
