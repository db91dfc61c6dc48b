package org.splnet.relay;

import org.splnet.wire.Endpoint;

/// One relay as it is to be run. Keys of the configuration are the component names of the records; what a
/// constructor refuses it refuses as `key: what is allowed`.
public sealed interface RelayConfig permits PublishConfig, ForwardConfig, SocksConfig {
    /// `publish`, `forward` or `socks`: the table of the configuration.
    String kind();

    /// Where it listens.
    String listen();

    /// Where it leads to; empty if the client says.
    String to();

    /// Connections, or flows of datagrams, at once; more are reset, or dropped.
    int maxConnections();

    /// How long the other side is tried to be connected to.
    long connectTimeoutNs();

    /// A connection on which nothing moves for so long is reset.
    long idleTimeoutNs();

    /// True if what it carries are datagrams.
    default boolean datagrams() {
        return false;
    }

    /// What ends if nothing moves on it: a connection or a flow of datagrams, after so long.
    default long quietNs() {
        return idleTimeoutNs();
    }

    /// True if it listens at a port of whatever address.
    default boolean anywhere() {
        return Place.listening("listen", listen()).anywhere();
    }

    /// The port of the stack it takes; null for none.
    default Endpoint port() {
        return null;
    }
}
