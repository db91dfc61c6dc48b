package org.splnet.socket;

/// A listener: an object of its own with its own lock (`LISTENER`) and its own end; no connection ever
/// changes into one.
public abstract non-sealed class ListenSocket extends Socket {
    /// The oldest established connection, which is the caller's from now on.
    ///
    /// @return null if none waits
    /// @throws SocketException if the listener is closed
    public abstract StreamSocket accept() throws SocketException;

    /// Ends it: half-open connections and those nobody accepted are reset (RFC 9293 3.10.4). Idempotent.
    @Override
    public abstract void close();

    /// Changes the options; connections that come from now on inherit them.
    @Override
    public abstract void options(SocketOptions options);

    /// Established connections waiting to be accepted.
    public abstract int queued();

    /// The limit of [#queued].
    public abstract int backlog();
}
