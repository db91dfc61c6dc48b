package org.splnet.netif.pcap;

import java.util.BitSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.driver.DescriptorSleep;
import org.splnet.driver.DescriptorUse;
import org.splnet.kern.Clock;
import org.splnet.kern.Witness;
import org.splnet.net.DeviceQueue;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.unix.Errno;

/// The one queue of a NIC: batches of frames from and to its packet socket, sleeping, following the NIC.
///
/// Lock key: r = the reading thread's own, t = under the interface's `TRANSMIT` lock.
final class PcapQueue implements DeviceQueue {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.pcap");
    private static final long LOOK_NS = 1_000_000_000L;
    private static final long MISSED_LOG_NS = 60 * LOOK_NS;
    /// Under load the time is asked for once in so many batches.
    private static final int LOOK_BATCHES = 256;

    private final String name;
    private final NicSocket socket;
    private final NicWatch watch;                                       // r, but for what any may ask
    private final DescriptorSleep sleep;
    private final FrameReceiver receiver;                               // r
    private final FrameSender sender;                                   // t
    private final DescriptorUse use;
    private final BitSet logged = new BitSet();                         // r
    private final Clock clock = Clock.system();
    private int batches;                                                // r
    private long lookAtNs;                                              // r
    private long missed;                                                // r
    private long missedLogAtNs;                                         // r
    private volatile boolean trouble;
    private volatile boolean unsent;                                    // t to write: some of a batch
    private volatile int unloggedErrno;                                 // t to write, r to clear
    private volatile long transmitErrors;                               // t to write

    /// Takes over the socket, attached, with what watches its NIC and what sleeps on it.
    PcapQueue(String name, NicSocket socket, NicRing ring, NicWatch watch, DescriptorSleep sleep) {
        this.name = name;
        this.socket = socket;
        this.watch = watch;
        this.sleep = sleep;
        this.use = new DescriptorUse(this::release, sleep::wakeup);
        this.receiver = new FrameReceiver(socket.fd(), ring, watch.mtu());
        this.sender = new FrameSender(socket.fd());
        this.lookAtNs = clock.nanoTime() + LOOK_NS;
        this.missedLogAtNs = lookAtNs;
    }

    /// The largest IP packet, now. Any thread.
    int mtu() {
        return watch.mtu();
    }

    /// As of the NIC's last look. Any thread.
    boolean carrier() {
        return watch.carrier();
    }

    /// As of the NIC's last look. Any thread.
    int flaps() {
        return watch.flaps();
    }

    @Override
    public int receive(PacketPool pool, Sink sink, int max) {
        if (!use.enterReceiving()) {
            return -1;
        }
        try {
            int frames = receiver.read(pool, sink, max);
            if (frames == 0 || trouble || ++batches >= LOOK_BATCHES) {
                batches = 0;
                follow();
            }
            return frames;
        } finally {
            use.leaveReceiving();
        }
    }

    // at most once a second, or when something is the matter
    private void follow() {
        long nowNs = clock.nanoTime();
        if (!trouble && nowNs - lookAtNs < 0) {
            return;
        }
        if (trouble) {
            trouble = false;
            socket.clearError();
        }
        lookAtNs = nowNs + LOOK_NS;
        watch.look();
        logWhatTransmitMet();
        missed += socket.missed();
        if (missed > 0 && nowNs - missedLogAtNs >= 0) {
            LOG.warn("nic was not read fast enough device={}: {} frames found no room; a larger buffer-size"
                    + " may help, or, if they were merged in a way the kernel cannot describe: ethtool -K {}"
                    + " gro off", name, missed, name);
            missed = 0;
            missedLogAtNs = nowNs + MISSED_LOG_NS;
        }
    }

    @Override
    public boolean transmit(Packet frame) {
        if (!use.enter()) {
            transmitErrors = transmitErrors + 1;
            return true;
        }
        try {
            boolean taken = sender.add(frame);
            account();
            return taken;
        } finally {
            use.leaveLocked();
        }
    }

    @Override
    public void flush() {
        if (!sender.waiting() || !use.enter()) {
            return;
        }
        try {
            sender.send();
            account();
        } finally {
            use.leaveLocked();
        }
    }

    private void account() {
        int refused = sender.refused();
        if (refused > 0) {
            transmitErrors = transmitErrors + refused;
            unloggedErrno = sender.lastErrno();
            trouble = true;
        }
        unsent = sender.stuck();
    }

    @Override
    public boolean unsent() {
        return unsent;
    }

    @Override
    public long transmitErrors() {
        return transmitErrors;
    }

    @Override
    public void await(long timeoutNs, boolean wantTransmit) {
        Witness.beforeBlocking("await on a NIC");
        if (!use.enter()) {
            return;
        }
        try {
            if (sleep.await(Math.min(timeoutNs, LOOK_NS), wantTransmit)) {
                trouble = true;
            }
        } finally {
            use.leave();
        }
    }

    @Override
    public void wakeup() {
        use.wakeup();
    }

    /// Ends the queue: nobody gets in any more, a sleeper is woken, the last one out closes the descriptors.
    /// Waits for that.
    void close() {
        if (!use.end()) {
            LOG.warn("nic still in use device={}", name);
        }
    }

    private void release() {
        socket.close();
        sleep.close();
        watch.close();
        receiver.dispose();
        sender.dispose();
    }

    // Transmit holds a lock and so may not log; the reading thread does it for it, once per kind of error.
    private void logWhatTransmitMet() {
        int errno = unloggedErrno;
        if (errno == 0) {
            return;
        }
        unloggedErrno = 0;
        log(errno, "nic refused a frame device={} cause={}" + switch (errno) {
            case Errno.ENETDOWN -> " (the link is down: ip link set {} up)";
            case Errno.EMSGSIZE -> " (it is longer than the MTU of {})";
            case Errno.ENOBUFS -> " (the queue of {} was full)";
            case Errno.ENOMEM -> " (if that goes on, it cannot be cut there: set offload = false for {})";
            default -> "";
        } + "; further ones are only counted");
    }

    private void log(int errno, String message) {
        if (!logged.get(errno)) {
            logged.set(errno);
            LOG.warn(message, name, Errno.name(errno), name);
        }
    }
}
