package org.splnet.netif.pcap;

import org.splnet.driver.ReceiveSlot;
import org.splnet.net.DeviceQueue;
import org.splnet.pkt.PacketPool;
import org.splnet.unix.Errno;
import org.splnet.unix.Libc;

/// Reads frames into pooled buffers: ordinary ones from the ring, by a copy of at most an MTU and no system
/// call, larger ones by one call each from the socket. Nothing is allocated unless somebody keeps a frame.
/// Belongs to the queue's reading thread.
final class FrameReceiver {
    private final Libc libc = new Libc();
    private final ReceiveSlot slot;
    private final NicRing ring;
    private final int socket;

    FrameReceiver(int socket, NicRing ring, int mtu) {
        this.socket = socket;
        this.ring = ring;
        slot = new ReceiveSlot(NicSocket.HEADER_LEN, mtu);
    }

    /// Reads at most `max` frames and hands them up, or drops them for what the kernel said of them.
    ///
    /// @return how many there were
    int read(PacketPool pool, DeviceQueue.Sink sink, int max) {
        int frames = 0;
        while (frames < max && ring.ready()) {
            slot.supply(pool);
            if (ring.queued()) {
                int got = receive();
                ring.release();
                slot.hand(pool, got, sink);
            } else if (ring.length() <= slot.ordinaryRoom()) {
                int got = ring.copy(slot.ordinaryAddress(), slot.ordinaryRoom());
                ring.release();
                slot.handOrdinary(pool, got, sink);
            } else {                    // merged, and yet it fitted: slots are larger than an MTU
                int got = ring.copy(slot.address(), slot.room());
                ring.release();
                slot.hand(pool, got, sink);
            }
            frames++;
        }
        return frames;
    }

    // a socket tells an error once, before what it has queued: EINTR, or ENETDOWN
    private int receive() {
        int got = recv();
        for (int i = 0; i < 2 && got < 0 && got != -Errno.EAGAIN; i++) {
            got = recv();
        }
        return got;
    }

    private int recv() {
        return (int) libc.recv(socket, slot.address(), slot.room(), Libc.MSG_DONTWAIT);
    }

    /// Gives the buffers back. Nobody reads any more.
    void dispose() {
        slot.dispose();
        ring.close();
    }
}
