package org.splnet.relay;

import org.splnet.wire.Endpoint;

/// `[[forward]]`: a port or a Unix socket of the host that leads into the stack.
///
/// @param listen `tcp://ADDRESS:PORT`, `udp://ADDRESS:PORT` or `unix:///PATH` of the host
/// @param to `tcp://ADDRESS:PORT` or `udp://ADDRESS:PORT`, connected to by the stack
/// @param maxConnections connections at once, more are reset; or flows, others' datagrams are dropped
/// @param connectTimeoutNs how long the stack tries to connect
/// @param idleTimeoutNs a connection on which nothing moves for so long is reset
/// @param flowTimeoutNs a flow of datagrams on which nothing moves for so long is forgotten
public record ForwardConfig(String listen, String to, int maxConnections, long connectTimeoutNs,
        long idleTimeoutNs, long flowTimeoutNs) implements RelayConfig {
    /// What is taken where nothing is said, but for both ends, which are an example.
    public static final ForwardConfig DEFAULTS = new ForwardConfig("tcp://127.0.0.1:8080",
            "tcp://10.88.0.1:80", Bounds.CONNECTIONS, Bounds.CONNECT_NS, Bounds.IDLE_NS,
            Bounds.FLOW_NS);

    public ForwardConfig {
        Place.listening("listen", listen);
        if (Place.inStack("to", to).port() == 0) {
            throw new IllegalArgumentException("to: must be " + Place.IN_STACK + " and a port in 1..65535");
        }
        Bounds.check(maxConnections, connectTimeoutNs, idleTimeoutNs);
        Bounds.checkFlow(flowTimeoutNs);
        Place.datagrams(listen, to);
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
        return "forward";
    }

    /// Where the stack connects to.
    Endpoint target() {
        return Place.inStack("to", to);
    }
}
