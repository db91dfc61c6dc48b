package org.splnet.socket;

import org.splnet.wire.Endpoint;

/// An address and a port that are held for a socket which is still to be made: the life of an address, apart
/// from that of a connection or a listener. Given back by [#close], unless a socket has taken it over.
public interface LocalEnd extends AutoCloseable {
    /// What is held; the address is unspecified for any.
    Endpoint local();

    /// Gives it back. Without effect once a socket has it. Idempotent, any thread, holding nothing.
    @Override
    void close();
}
