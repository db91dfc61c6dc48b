package org.splnet.netif.stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.driver.DescriptorSleep;
import org.splnet.driver.DescriptorUse;
import org.splnet.kern.Clock;
import org.splnet.kern.RateLimit;
import org.splnet.kern.Witness;
import org.splnet.net.DeviceQueue;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;
import org.splnet.unix.Errno;

/// The one queue of a stream: meets peers one after the other, reads from the one that is there, writes to
/// it, and sleeps until it, or the next one, is to be looked after.
///
/// Lock key:  (c) constant   (r) the reading thread's own   (t) under the interface's `TRANSMIT` lock
///            (v) volatile
final class StreamQueue implements DeviceQueue {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.stream");
    private static final int LINES_AT_ONCE = 16;

    private final String name;                                          // (c)
    private final String path;                                          // (c)
    private final Meeting meeting;                                      // (r)
    private final DescriptorSleep sleep;                                // (c)
    private final Clock clock;                                          // (c)
    private final FrameReader reader;                                   // (r)
    private final FrameWriter writer;                                   // (t)
    private final DescriptorUse use;                                    // (c)
    private final RateLimit lines = new RateLimit(1, LINES_AT_ONCE);    // (c)
    private Connection writing;                                         // (t) whom `writer` gathers for
    private volatile Connection peer;                                   // (v) by (r); null: no carrier
    private volatile boolean left;                                      // (v) by (t): octets wait for room
    private volatile long transmitErrors;                               // (v) by (t)

    /// Takes over the meeting and what sleeps.
    StreamQueue(String name, String path, Meeting meeting, DescriptorSleep sleep, int mtu, Clock clock) {
        this.name = name;
        this.path = path;
        this.meeting = meeting;
        this.sleep = sleep;
        this.use = new DescriptorUse(this::release, sleep::wakeup);
        this.clock = clock;
        this.reader = new FrameReader(mtu);
        this.writer = new FrameWriter(mtu);
    }

    @Override
    public int receive(PacketPool pool, Sink sink, int max) {
        if (!use.enterReceiving()) {
            return -1;
        }
        try {
            Connection from = peer != null ? peer : meet();
            return from == null ? 0 : receive(from, pool, sink, max);
        } finally {
            use.leaveReceiving();
        }
    }

    // What is read may lead to an up-call that closes us, so the descriptor is held too.
    private int receive(Connection from, PacketPool pool, Sink sink, int max) {
        if (!from.use().enterReceiving()) {
            return 0;
        }
        try {
            int frames = reader.read(from.fd(), pool, sink, max);
            if (reader.state() != FrameReader.State.OPEN) {
                part(from);
            }
            return frames;
        } finally {
            from.use().leaveReceiving();
        }
    }

    private Connection meet() {
        long nowNs = clock.nanoTime();
        int fd = meeting.meet(nowNs);
        if (fd < 0) {
            return null;
        }
        reader.restart();
        Connection met = Connection.of(fd);
        peer = met;
        if (lines.allow(nowNs)) {
            LOG.info("carrier up device={} path={}", name, path);
        }
        return met;
    }

    private void part(Connection from) {
        long nowNs = clock.nanoTime();
        peer = null;
        from.use().end();
        boolean say = lines.allow(nowNs);
        if (reader.state() == FrameReader.State.TOO_LONG) {
            meeting.pause(nowNs);
            if (say) {
                LOG.warn("carrier down device={} path={} cause=the peer announced a frame of {} octets, at"
                        + " most {} are allowed: give the guest's NIC no larger mtu than ours", name, path,
                        reader.refused(), reader.longest());
            }
        } else if (say) {
            LOG.warn("carrier down device={} path={} cause={}: waiting for the machine to come back", name,
                    path, reader.errno() != 0 ? Errno.name(reader.errno())
                            : reader.partial() > 0 ? "closed in the middle of a frame" : "closed");
        }
    }

    /// True while a peer is there. Any thread.
    boolean carrier() {
        return peer != null;
    }

    @Override
    public boolean transmit(Packet frame) {
        if (!use.enter()) {
            lost(1);
            return true;
        }
        try {
            Connection to = peer;
            if (to == null || writer.tooLong(frame) || !to.use().enter()) {
                lost(1);
                return true;
            }
            try {
                address(to);
                int result = writer.put(to.fd(), frame);
                if (result < 0) {
                    lost(1 + writer.restart());
                }
                return result != 0;
            } finally {
                to.use().leaveLocked();
            }
        } finally {
            use.leaveLocked();
        }
    }

    @Override
    public void flush() {
        if (!use.enter()) {
            return;
        }
        try {
            Connection to = peer;
            if (to == null || !to.use().enter()) {
                left = false;
                return;
            }
            try {
                address(to);
                push(to);
            } finally {
                to.use().leaveLocked();
            }
        } finally {
            use.leaveLocked();
        }
    }

    private void address(Connection to) {
        if (writing != to) {
            writing = to;
            lost(writer.restart());
        }
    }

    private void push(Connection to) {
        int result = writer.push(to.fd());
        if (result < 0) {
            // The reading thread finds out on its own that the peer has gone.
            lost(writer.restart());
        }
        left = result == 0;
    }

    private void lost(int frames) {
        if (frames > 0) {
            transmitErrors = transmitErrors + frames;
        }
    }

    @Override
    public boolean unsent() {
        return left;
    }

    @Override
    public long transmitErrors() {
        return transmitErrors;
    }

    @Override
    public void await(long timeoutNs, boolean wantTransmit) {
        Witness.beforeBlocking("await on a stream");
        if (!use.enter()) {
            return;
        }
        try {
            Connection from = peer;
            if (from != null) {
                if (!reader.complete()) {
                    sleep.watch(from.fd());
                    sleep.await(timeoutNs, wantTransmit);
                }
                return;
            }
            long nowNs = clock.nanoTime();
            sleep.watch(meeting.descriptor(nowNs));
            sleep.await(Math.min(timeoutNs, meeting.dueNs(nowNs)), false);
        } finally {
            use.leave();
        }
    }

    @Override
    public void wakeup() {
        use.wakeup();
    }

    /// Ends the queue: nobody gets in any more, a sleeper is woken, the last one out closes the descriptors.
    /// Waits for that, so that the path is free on return.
    void close() {
        if (!use.end()) {
            LOG.warn("stream still in use device={}", name);
        }
    }

    private void release() {
        Connection last = peer;
        if (last != null) {
            last.use().end();         // nobody is inside: whoever was held ours too
        }
        meeting.close();
        sleep.close();
        reader.dispose();
        writer.dispose();
    }
}
