package org.splnet.netif.pcap;

import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.kern.Witness;
import org.splnet.net.DescriptorSleep;
import org.splnet.net.DeviceQueue;
import org.splnet.net.Lease;
import org.splnet.netif.pcap.UnfinishedChecksum.Verdict;
import org.splnet.pkt.DropReason;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;

/// The one queue of a NIC behind libpcap.
///
/// Lock key: r = the reading thread's own, t = under the interface's `TRANSMIT` lock.
final class PcapQueue implements DeviceQueue {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.pcap");
    private static final int LINK_HEADERS = 14 + 2 * 4;

    private final PcapHandle handle;
    private final HostNic nic;
    private final DescriptorSleep sleep;
    private final boolean mayBeUnfinished;
    private final String tryAgain;
    private final Lease lease = new Lease(this::release);
    private final byte[] out;                                           // t
    private boolean trouble;                                            // r
    private boolean refusalLogged;                                      // r
    private volatile boolean gone;
    private volatile String refusal;
    private volatile long transmitErrors;                               // t to write

    /// Takes over the handle, which is in non-blocking mode, and what sleeps on it.
    PcapQueue(PcapHandle handle, HostNic nic, DescriptorSleep sleep) {
        this.handle = handle;
        this.nic = nic;
        this.sleep = sleep;
        this.mayBeUnfinished = nic.mayBeUnfinished();
        this.tryAgain = NativeHandle.tryAgainText();
        this.out = new byte[nic.mtu() + LINK_HEADERS];
    }

    @Override
    public int receive(PacketPool pool, Sink sink, int max) {
        if (gone || !lease.enterReceiving()) {
            return -1;
        }
        try {
            logRefusal();
            int frames = drain(pool, sink, max);
            if (frames == 0 && trouble) {
                trouble = false;
                gone = !nic.present();
                if (gone) {
                    LOG.warn("nic gone device={}: it was removed from the host", nic.name());
                    return -1;
                }
            }
            return frames;
        } catch (NotOpenException e) {
            return -1;
        } finally {
            lease.leaveReceiving();
        }
    }

    private int drain(PacketPool pool, Sink sink, int max) throws NotOpenException {
        int frames = 0;
        for (byte[] octets; frames < max && (octets = handle.getNextRawPacket()) != null; frames++) {
            if (octets.length == 0 || handle.getOriginalLength() > octets.length) {
                pool.drops().add(DropReason.ETHER_TRUNCATED);
                continue;
            }
            Packet frame = pool.allocate(octets.length);
            frame.buf.setBytes(frame.append(octets.length), octets);
            frame.l2 = frame.start;
            if (mayBeUnfinished && UnfinishedChecksum.look(frame, nic.mtu()) == Verdict.MERGED_DATAGRAMS) {
                frame.drop(DropReason.ETHER_BAD_OFFLOAD);
            } else {
                sink.frame(frame);
            }
        }
        return frames;
    }

    @Override
    public boolean transmit(Packet frame) {
        if (!lease.enter()) {
            transmitErrors = transmitErrors + 1;
            return true;
        }
        try {
            handle.sendPacket(out, gather(frame));
        } catch (PcapNativeException e) {
            if (e.getMessage().contains(tryAgain)) {
                return false;
            }
            transmitErrors = transmitErrors + 1;
            refusal = e.getMessage();
        } catch (NotOpenException | IndexOutOfBoundsException e) {
            transmitErrors = transmitErrors + 1;
        } finally {
            lease.leave();
        }
        return true;
    }

    // the frame in one piece; the device has announced no offload, so it fits, or is not one for this NIC
    private int gather(Packet frame) {
        int len = frame.end - frame.start;
        frame.buf.getBytes(frame.start, out, 0, len);
        for (int i = 0; i < frame.pieces(); i++) {
            frame.pieceBuf(i).getBytes(frame.pieceAt(i), out, len, frame.pieceLen(i));
            len += frame.pieceLen(i);
        }
        return len;
    }

    @Override
    public void flush() {
        // nothing is batched: libpcap sends one frame per call
    }

    @Override
    public long transmitErrors() {
        return transmitErrors;
    }

    @Override
    public void await(long timeoutNs, boolean wantTransmit) {
        Witness.beforeBlocking("await on a NIC");
        if (gone || !lease.enter()) {
            return;
        }
        try {
            trouble |= sleep.await(timeoutNs, wantTransmit);
        } finally {
            lease.leave();
        }
    }

    @Override
    public void wakeup() {
        if (lease.enter()) {
            try {
                sleep.wakeup();
            } finally {
                lease.leave();
            }
        }
    }

    /// Ends the queue: nobody gets in any more, a sleeper is woken, the last one out closes the handle. Waits
    /// for that.
    void close() {
        if (!lease.end(sleep::wakeup)) {
            LOG.warn("nic still in use device={}", nic.name());
        }
    }

    private void release() {
        handle.close();
        sleep.close();
    }

    // Transmit holds a lock and so may not log; the reading thread does it for it, once.
    private void logRefusal() {
        String message = refusal;
        if (message != null && !refusalLogged) {
            refusalLogged = true;
            LOG.warn("nic refused a frame device={} cause={}; further ones are only counted", nic.name(),
                    message);
        }
    }
}
