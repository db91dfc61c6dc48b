package org.splnet.client;

import java.io.IOException;
import java.net.Socket;

/// A `java.net.Socket` on splnet. It behaves as one on the kernel does, exceptions and their texts included,
/// but:
///
/// - there is no urgent data;
/// - `shutdownInput` ends reading here, and the peer is held up when the buffers are full;
/// - `close` does not wait, whatever the linger time; a linger time of 0 resets the connection.
public class SplnetSocket extends Socket {
    /// A socket that is not connected.
    ///
    /// @throws IOException never; the daemon is asked when it is bound or connected
    public SplnetSocket(Splnet splnet) throws IOException {
        this(new StreamSocket(splnet, false));
    }

    SplnetSocket(StreamSocket impl) throws IOException {
        super(impl);
    }
}
