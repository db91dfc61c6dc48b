package org.splnet.relay;

import org.splnet.wire.Endpoint;

/// `[[publish]]`: a port of the stack that is served by the host.
///
/// @param listen `tcp://ADDRESS:PORT` or `udp://ADDRESS:PORT` in the stack; 0.0.0.0 for any of its addresses
/// @param to `tcp://ADDRESS:PORT`, `udp://ADDRESS:PORT` or `unix:///PATH` of the host
/// @param proxyProtocol tell whoever serves who the client is: a header of the PROXY protocol, version 2
/// @param maxConnections connections at once, more are reset; or flows, others' datagrams are dropped
/// @param connectTimeoutNs how long the host is tried to be connected to
/// @param idleTimeoutNs a connection on which nothing moves for so long is reset
/// @param flowTimeoutNs a flow of datagrams on which nothing moves for so long is forgotten
public record PublishConfig(String listen, String to, boolean proxyProtocol, int maxConnections,
        long connectTimeoutNs, long idleTimeoutNs, long flowTimeoutNs) implements RelayConfig {
    /// What is taken where nothing is said, but for both ends, which are an example.
    public static final PublishConfig DEFAULTS = new PublishConfig("tcp://10.88.0.2:443",
            "tcp://127.0.0.1:8443", false, Bounds.CONNECTIONS, Bounds.CONNECT_NS, Bounds.IDLE_NS,
            Bounds.FLOW_NS);

    public PublishConfig {
        Place.inStack("listen", listen);
        Place.serving("to", to);
        Bounds.check(maxConnections, connectTimeoutNs, idleTimeoutNs);
        Bounds.checkFlow(flowTimeoutNs);
        if (Place.datagrams(listen, to) && proxyProtocol) {
            throw new IllegalArgumentException("proxy-protocol: must be false for UDP");
        }
    }

    @Override
    public boolean datagrams() {
        return Place.datagrams(listen, to);
    }

    @Override
    public long quietNs() {
        return datagrams() ? flowTimeoutNs : idleTimeoutNs;
    }

    @Override
    public String kind() {
        return "publish";
    }

    @Override
    public Endpoint port() {
        return Place.inStack("listen", listen);
    }
}
