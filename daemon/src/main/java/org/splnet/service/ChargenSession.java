package org.splnet.service;

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
        discard(MOST);
        if (ended()) {
            return;
        }
        long before = pump.sent();
        pump.push(socket);
        if (pump.sent() != before) {
            stats.octetsOut.add(pump.sent() - before);
            moved();
        }
    }
}
