package org.splnet.service;

import io.netty.buffer.ByteBuf;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;

/// Sends the first octets of a [Cycle] to one connection, as fast as it takes them. Belongs to one thread at
/// a time.
public final class Pump {
    private final Cycle cycle;
    private final long total;
    private long sent;
    private int block = -1;
    private ByteBuf view;

    /// @param total octets to send
    public Pump(Cycle cycle, long total) {
        this.cycle = cycle;
        this.total = total;
    }

    /// Sends until everything is sent or the socket takes no more; then `WRITABLE` follows.
    ///
    /// @return true when everything is sent
    public boolean push(StreamSocket socket) throws SocketException {
        while (sent < total) {
            position();
            int taken = socket.send(view);
            if (taken == 0) {
                return false;
            }
            sent += taken;
        }
        return true;
    }

    /// Octets sent so far.
    public long sent() {
        return sent;
    }

    private void position() {
        int wanted = cycle.blockAt(sent);
        if (wanted != block) {
            block = wanted;
            view = cycle.view(wanted);
        }
        int from = (int) (sent % cycle.blockLength());
        view.setIndex(from, (int) Math.min(cycle.blockLength(), from + (total - sent)));
    }
}
