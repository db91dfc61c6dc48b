package org.splnet.socket;

import org.splnet.wire.Endpoint;

/// What the socket layer asks of UDP, and of ICMP echo.
public interface DatagramProtocol {
    /// A datagram socket bound to `local` (address unspecified for any, port 0 to choose one).
    DatagramSocket bind(Endpoint local, SocketOptions options) throws SocketException;
}
