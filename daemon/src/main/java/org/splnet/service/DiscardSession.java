package org.splnet.service;

import io.netty.buffer.ByteBuf;
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
        for (ByteBuf data; (data = socket.receive(MOST)) != null; ) {
            int len = data.readableBytes();
            data.release();
            if (len == 0) {
                close();
                return;
            }
            stats.octetsIn.add(len);
            moved();
        }
    }
}
