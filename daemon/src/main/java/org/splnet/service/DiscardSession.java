package org.splnet.service;

import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;

/// Discard over TCP (RFC 863).
final class DiscardSession extends Session {
    private static final int MOST = 1 << 20;

    DiscardSession(StreamSocket socket, ServiceStats stats) {
        super(socket, stats);
    }

    @Override
    protected void work() throws SocketException {
        if (discard(MOST) > 0) {
            moved();
        }
    }
}
