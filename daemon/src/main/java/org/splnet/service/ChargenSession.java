package org.splnet.service;

import io.netty.buffer.ByteBuf;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;

/// Character generator over TCP (RFC 864): lines for as long as the window allows, whatever comes in is
/// thrown away, until the peer closes.
final class ChargenSession extends Session {
    private static final int MOST = 64 << 10;

    private final Pump pump = new Pump(CharacterPattern.LINES, Long.MAX_VALUE);

    ChargenSession(StreamSocket socket, ServiceStats stats) {
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
        }
        long before = pump.sent();
        pump.push(socket);
        if (pump.sent() != before) {
            stats.octetsOut.add(pump.sent() - before);
            moved();
        }
    }
}
