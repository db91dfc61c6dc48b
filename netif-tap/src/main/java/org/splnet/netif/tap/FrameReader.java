package org.splnet.netif.tap;

import org.splnet.driver.ReceiveSlot;
import org.splnet.net.DeviceQueue;
import org.splnet.pkt.PacketPool;
import org.splnet.unix.Libc;

/// Reads frames from a TAP into pooled buffers: one `read` each ([ReceiveSlot]). Belongs to the queue's
/// reading thread.
final class FrameReader {
    private final Libc libc = new Libc();
    private final ReceiveSlot slot;
    private final int tap;

    /// @param headerLen octets of the virtio header; 0 if the TAP has none
    FrameReader(int tap, int headerLen, int mtu) {
        this.tap = tap;
        this.slot = new ReceiveSlot(headerLen, mtu);
    }

    /// Reads one frame, if one waits, and hands it up or drops it for what the device said of it.
    ///
    /// @return 1 if there was one, else `-errno`
    int read(PacketPool pool, DeviceQueue.Sink sink) {
        slot.supply(pool);
        long got = libc.read(tap, slot.address(), slot.room());
        if (got < 0) {
            return (int) got;
        }
        slot.hand(pool, (int) got, sink);
        return 1;
    }

    /// Gives the buffers back. Nobody reads any more.
    void dispose() {
        slot.dispose();
    }
}
