package org.splnet.client;

import java.net.DatagramSocket;

/// A `java.net.DatagramSocket` on splnet. There is no multicast, and it has no channel.
///
/// A message as large as it may be is handed to splnet before `send` returns. Errors that come back from the
/// network are thrown by the next `receive`, if the socket is connected.
public class SplnetDatagramSocket extends DatagramSocket {
    private final DatagramPort port;

    /// A socket that is not bound; it is, to a port that the stack chooses, before it sends or receives.
    public SplnetDatagramSocket(Splnet splnet) {
        this(new DatagramPort(splnet));
    }

    private SplnetDatagramSocket(DatagramPort port) {
        super(port);
        this.port = port;
    }

    /// @return true also if an interrupt has closed it, of which `java.net` hears nothing
    @Override
    public boolean isClosed() {
        return super.isClosed() || port.isClosed();
    }
}
