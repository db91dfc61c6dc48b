package org.splnet.service;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicReference;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;

/// Echo over TCP (RFC 862): what comes in goes back, in the buffer it came in.
///
/// Back pressure: while there is something the send buffer did not take, nothing is received, so the receive
/// window closes and the peer waits. Half-close: after the peer's FIN the rest is echoed, then ours follows.
final class EchoSession extends Session {
    private static final int MOST = 256 << 10;

    // Empty while the working thread has it in hand; whoever ends the session takes what is there.
    private final AtomicReference<ByteBuf> pending = new AtomicReference<>();

    EchoSession(StreamSocket socket, ServiceStats stats) {
        super(socket, stats);
    }

    @Override
    protected void work() throws SocketException {
        while (!ended()) {
            ByteBuf data = pending.getAndSet(null);
            if (data == null) {
                data = socket.receive(MOST);
                if (data == null) {
                    return;
                }
                if (!data.isReadable()) {
                    data.release();
                    close();
                    return;
                }
                stats.octetsIn.add(data.readableBytes());
            }
            if (!send(data)) {
                return;
            }
        }
    }

    /// Consumes `data`.
    ///
    /// @return false if some is left until there is room
    private boolean send(ByteBuf data) throws SocketException {
        boolean keep = false;
        try {
            // A part taken says nothing of what follows; only a refused call brings WRITABLE.
            while (data.isReadable()) {
                int sent = socket.send(data);
                if (sent == 0) {
                    keep = true;
                    return false;
                }
                stats.octetsOut.add(sent);
                moved();
            }
            return true;
        } finally {
            if (keep) {
                pending.set(data);
            } else {
                data.release();
            }
        }
    }

    @Override
    protected void released() {
        ByteBuf left = pending.getAndSet(null);
        if (left != null) {
            left.release();
        }
    }
}
