package org.splnet.socket;

import java.util.Map;
import org.splnet.wire.Endpoint;

/// What every socket has for its user. Calls come holding nothing and run [org.splnet.kern.Deferred] before
/// they return; any thread.
public abstract sealed class Socket permits StreamSocket, ListenSocket, DatagramSocket {
    /// Blocks until one of `events`, or an error or the end, is there, for threads that may block (virtual
    /// threads).
    ///
    /// @param events bits of [Readiness]
    /// @param timeoutNs the longest wait; [Long#MAX_VALUE] for no limit
    /// @return the events, 0 if the time was up
    public abstract int await(int events, long timeoutNs) throws InterruptedException;

    /// Sets who is told of readiness, null for nobody, and tells it at once of what is ready already.
    public abstract void listener(Readiness.Listener listener);

    /// Ends it. Idempotent.
    public abstract void close();

    /// Changes its options while it is open.
    public abstract void options(SocketOptions options);

    /// The options.
    public abstract SocketOptions options();

    /// Says whose socket this is, for people.
    public abstract void user(String name);

    /// What its protocol tells of it beyond its ends and what it queues, by name: a snapshot for people
    /// (`TCP_INFO`), who asks for it may add to it.
    public abstract Map<String, Object> details();

    /// Our end; an unspecified address stands for any.
    public abstract Endpoint local();
}
