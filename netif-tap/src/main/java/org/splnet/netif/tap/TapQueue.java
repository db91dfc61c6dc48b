package org.splnet.netif.tap;

import java.util.BitSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.driver.DescriptorSleep;
import org.splnet.driver.DescriptorUse;
import org.splnet.kern.Witness;
import org.splnet.net.DeviceQueue;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.unix.Errno;
import org.splnet.unix.Libc;

/// A queue of a TAP: reading, writing, sleeping, and an end that is safe for whoever is inside.
///
/// Lock key: r = the reading thread's own, t = under the interface's `TRANSMIT` lock.
final class TapQueue implements DeviceQueue {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.tap");

    private static final long SECOND_NS = 1_000_000_000L;

    private final String name;
    private final int tap;
    private final TapWatch watch;
    private final FrameReader reader;                                   // r
    private final FrameWriter writer;                                   // t
    private final DescriptorSleep sleep;
    private final DescriptorUse use;
    private final BitSet logged = new BitSet();                         // r
    private volatile boolean gone;
    private volatile int unloggedErrno;
    private volatile long transmitErrors;                               // t to write

    /// Takes over the descriptor and what sleeps on it.
    ///
    /// @param headerLen octets of the virtio header; 0 if the TAP has none
    TapQueue(String name, int tap, DescriptorSleep sleep, int headerLen, TapWatch watch) {
        this.name = name;
        this.tap = tap;
        this.watch = watch;
        this.sleep = sleep;
        this.use = new DescriptorUse(this::release, sleep::wakeup);
        this.reader = new FrameReader(tap, headerLen, watch.mtu());
        this.writer = new FrameWriter(tap, headerLen);
    }

    @Override
    public int receive(PacketPool pool, Sink sink, int max) {
        if (gone || !use.enterReceiving()) {
            return -1;
        }
        try {
            logWhatTransmitMet();
            return watch.there() ? drain(pool, sink, max) : 0;
        } finally {
            use.leaveReceiving();
        }
    }

    private int drain(PacketPool pool, Sink sink, int max) {
        int frames = 0;
        while (frames < max) {
            int result = reader.read(pool, sink);
            if (result > 0) {
                frames++;
                continue;
            }
            switch (-result) {
                case Errno.EINTR -> { /* at once again */ }
                // EIO: the host has taken the link down and may take it up again
                case Errno.EAGAIN, Errno.EIO, Errno.ENOMEM, Errno.ENOBUFS -> {
                    return frames;
                }
                case Errno.EBADFD -> {
                    watch.lost();
                    return frames;
                }
                default -> {
                    gone = true;
                    LOG.warn("tap gone device={} cause={} (read failed)", name, Errno.name(-result));
                    return frames > 0 ? frames : -1;
                }
            }
        }
        return frames;
    }

    @Override
    public boolean transmit(Packet frame) {
        if (!use.enter()) {
            transmitErrors = transmitErrors + 1;
            return true;
        }
        try {
            long result = writer.write(frame);
            if (result == -Errno.EAGAIN || result == -Errno.ENOBUFS) {
                return false;
            }
            if (result < 0) {
                transmitErrors = transmitErrors + 1;
                // that the device was deleted the reading thread finds out itself
                unloggedErrno = result == -Errno.EBADFD ? unloggedErrno : (int) -result;
            }
            return true;
        } finally {
            use.leaveLocked();
        }
    }

    @Override
    public void flush() {
        // nothing is batched: a TAP takes one frame per call
    }

    @Override
    public long transmitErrors() {
        return transmitErrors;
    }

    @Override
    public void await(long timeoutNs, boolean wantTransmit) {
        Witness.beforeBlocking("await on a TAP");
        if (gone || !use.enter()) {
            return;
        }
        try {
            boolean there = watch.there();
            // without a device the descriptor would not let us sleep; and another queue may have it back
            sleep.watch(there ? tap : -1);
            sleep.await(Math.min(timeoutNs, Math.min(watch.dueNs(), SECOND_NS)), there && wantTransmit);
            watch.look();
        } finally {
            use.leave();
        }
    }

    @Override
    public void wakeup() {
        use.wakeup();
    }

    /// Ends the queue: nobody gets in any more, a sleeper is woken, the last one out closes the descriptors.
    /// Waits for that, so that the name is free on return. A device that is not persistent goes with its
    /// descriptor, and with it the host's addresses on it and its place in a bridge; one that stays keeps
    /// what it has.
    void close() {
        if (!use.end()) {
            LOG.warn("tap still in use device={}", name);
        }
    }

    private void release() {
        new Libc().close(tap);
        sleep.close();
        reader.dispose();
    }

    // Transmit holds a lock and so may not log; the reading thread does it for it, once per kind of error.
    private void logWhatTransmitMet() {
        int errno = unloggedErrno;
        if (errno == 0) {
            return;
        }
        unloggedErrno = 0;
        boolean explained = errno == Errno.EIO && watch.doubt();    // which says so if it is down
        if (!explained && !logged.get(errno)) {
            logged.set(errno);
            LOG.warn("tap refused a frame device={} cause={} (write failed); further ones are only counted",
                    name, Errno.name(errno));
        }
    }
}
