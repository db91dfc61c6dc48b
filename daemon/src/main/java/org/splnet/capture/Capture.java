package org.splnet.capture;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.splnet.kern.Clock;
import org.splnet.kern.Feed;
import org.splnet.net.FrameTap;
import org.splnet.net.NetIf;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Fate;
import org.splnet.pkt.Packet;

/// One capture: taps on interfaces, and a pcapng stream that one reader draws. Nothing here blocks.
///
/// What waits for the reader is bounded; frames that find no room are counted, and the count comes with the
/// statistics block of their interface, behind each piece before which it has changed, and at the end: who
/// never draws all that waits is told, too.
public final class Capture implements AutoCloseable {
    /// What is to be captured.
    ///
    /// @param filter in the language of pcap-filter(7); null for everything
    /// @param snaplen most octets kept of a frame
    /// @param count frames after which it ends; 0 for no end
    /// @param dropped true for only those frames that the stack drops
    public record Spec(String filter, int snaplen, long count, boolean dropped) { }

    /// Frames that wait at most, a power of two; of octets there is what its part of the room is.
    private static final int FRAMES = 8192;
    /// What a piece is ended at.
    private static final int PIECE = 64 << 10;
    /// What the comment of a frame begins with that the stack has dropped.
    private static final String DROPPED = "dropped: ";

    private record Frame(Tap tap, long timeNs, boolean out, int length, byte[] octets, Fate fate) {
        byte[] block() {
            DropReason why = fate.reason();
            return Pcapng.packet(tap.id, timeNs, out, length, octets,
                    why == null ? null : DROPPED + why.label());
        }
    }

    /// The tap on one interface.
    private final class Tap implements FrameTap {
        private final int id;
        private final NetIf netIf;
        private final BpfProgram filter;
        private final ThreadLocal<FrameView.OfPacket> view =
                ThreadLocal.withInitial(FrameView.OfPacket::new);
        private final LongAdder seen = new LongAdder();
        private final LongAdder accepted = new LongAdder();
        private final LongAdder dropped = new LongAdder();
        private long delivered;                 // the reader's
        private long droppedTold;               // the reader's

        Tap(int id, NetIf netIf, BpfProgram filter) {
            this.id = id;
            this.netIf = netIf;
            this.filter = filter;
        }

        @Override
        public void frame(Packet packet, boolean out, Fate fate) {
            seen.increment();
            FrameView.OfPacket frame = view.get().wrap(packet, netIf.loopback());
            try {
                if (filter == null || filter.accepts(frame)) {
                    accepted.increment();
                    keep(frame, out, fate);
                }
            } finally {
                frame.clear();
            }
        }

        /// Takes the frame's place in the stream, before anything that it brings about takes one.
        private void keep(FrameView.OfPacket frame, boolean out, Fate fate) {
            fate.await();
            int kept = Math.min(frame.length(), spec.snaplen());
            if (waiting.addAndGet(kept) > octets) {
                waiting.addAndGet(-kept);
                dropped.increment();
                return;
            }
            if (!feed.add(new Frame(this, Clock.system().wallNanos(), out, frame.length(),
                    frame.copy(kept), fate))) {
                waiting.addAndGet(-kept);
                dropped.increment();
            }
        }

        @Override
        public void decided() {
            feed.news();
        }

        byte[] header() {
            long bits = netIf.mac().bits();
            byte[] mac = new byte[6];
            for (int i = 0; i < mac.length; i++) {
                mac[i] = (byte) (bits >>> 8 * (mac.length - 1 - i));
            }
            return Pcapng.netIf(spec.snaplen(), netIf.name(), netIf.loopback() ? null : mac,
                    spec.filter());
        }

        byte[] statistics() {
            droppedTold = dropped.sum();
            return Pcapng.statistics(id, startNs, Clock.system().wallNanos(), new Pcapng.Counts(seen.sum(),
                    accepted.sum(), droppedTold, delivered));
        }
    }

    private final Spec spec;
    private final String application;
    private final List<Tap> taps = new ArrayList<>();
    private final AtomicLong waiting = new AtomicLong();    // octets
    private final CaptureRoom room;
    private final long octets;                              // its part of that
    private final AtomicLong owed;                          // of which it has to give back
    private final long startNs = Clock.system().wallNanos();
    private Feed<Frame> feed;
    private Frame undecided;                                // the reader's: drawn, its fate not known yet
    private boolean begun;
    private boolean ended;
    private long delivered;

    /// Prepares a capture; nothing is tapped yet.
    ///
    /// @param application who captures, for the file's header
    /// @param room for what waits
    /// @throws FilterException saying why the filter cannot be
    /// @throws IllegalStateException if there is no room for one more
    public Capture(List<NetIf> interfaces, Spec spec, String application, CaptureRoom room)
            throws FilterException {
        this.spec = spec;
        this.application = application;
        this.room = room;
        BpfProgram filter = Filters.compile(spec.filter());
        for (NetIf each : interfaces) {
            taps.add(new Tap(taps.size(), each, filter));
        }
        octets = room.take();
        if (octets == 0) {
            throw new IllegalStateException("the captures that there are have all the memory there is for"
                    + " what waits for their readers: end some");
        }
        owed = new AtomicLong(octets);
    }

    /// Begins.
    ///
    /// @param wakeup as in [Feed]
    public void start(Runnable wakeup) {
        feed = new Feed<>("capture", FRAMES, wakeup);
        for (Tap each : taps) {
            each.netIf.tap(each);
        }
    }

    /// The next blocks; null if there are none now. By one thread at a time.
    public byte[] next() {
        if (feed == null || ended) {
            return null;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (!begun) {
            begun = true;
            out.writeBytes(Pcapng.section(application));
            taps.forEach(each -> out.writeBytes(each.header()));
        }
        for (Frame frame; out.size() < PIECE && !full() && (frame = draw()) != null; ) {
            waiting.addAndGet(-frame.octets().length);
            if (!spec.dropped() || frame.fate().reason() != null) {
                frame.tap().delivered++;
                delivered++;
                out.writeBytes(frame.block());
            }
        }
        if (full()) {
            ended = true;
            close();
            taps.forEach(each -> out.writeBytes(each.statistics()));
        } else {
            taps.stream().filter(each -> each.dropped.sum() != each.droppedTold)
                    .forEach(each -> out.writeBytes(each.statistics()));
        }
        return out.size() == 0 ? null : out.toByteArray();
    }

    /// The oldest frame that waits, if what becomes of it is known; those behind it wait with it.
    private Frame draw() {
        Frame frame = undecided == null ? feed.poll() : undecided;
        boolean known = frame == null || frame.fate().decided();
        undecided = known ? null : frame;
        return known ? frame : null;
    }

    private boolean full() {
        return spec.count() > 0 && delivered == spec.count();
    }

    /// True if all that was asked for has been drawn.
    public boolean ended() {
        return ended;
    }

    /// Takes the taps off. Idempotent.
    @Override
    public void close() {
        for (Tap each : taps) {
            each.netIf.untap(each);
        }
        if (feed != null) {
            feed.close();
        }
        room.giveBack(owed.getAndSet(0));
    }
}
