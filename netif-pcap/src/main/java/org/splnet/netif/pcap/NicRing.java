package org.splnet.netif.pcap;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.splnet.unix.Libc;
import org.splnet.wire.EtherHeader;

/// Memory shared with the kernel, in which it lays received frames of ordinary size, one per slot, so that
/// reading them takes no system call (`Documentation/networking/packet_mmap.rst` of Linux, TPACKET_V2).
/// Larger ones, which are merged and so few, it marks here and queues on the socket.
///
/// ```text
///   slot  0 status | 4 length | 8 octets here | 12 where the frame starts | … | virtio header | frame
/// ```
///
/// Belongs to the queue's reading thread.
final class NicRing {
    private static final int BLOCK = 1 << 16;
    private static final int SMALLEST_SLOT = 2048;
    /// In front of the frame: the slot's header, a socket address, the virtio header, alignment.
    private static final int FRONT = 96;

    private static final int STATUS_USER = 1;
    private static final int STATUS_COPY = 2;

    private static final VarHandle STATUS = JAVA_INT.varHandle();
    private static final MemorySegment ALL = all();

    private final MemorySegment memory;
    private final int slotLen;
    private long at;
    private int status;

    private NicRing(MemorySegment memory, int slotLen) {
        this.memory = memory;
        this.slotLen = slotLen;
    }

    /// Makes the ring of a socket that hears nothing yet.
    ///
    /// @param octets how large, rounded down to whole blocks of 64 KiB
    static NicRing of(NicSocket socket, int octets, int mtu) throws NicSocket.Refused {
        int slot = SMALLEST_SLOT;
        while (slot < mtu + EtherHeader.DOUBLE_TAGGED_LEN + FRONT && slot < BLOCK) {
            slot *= 2;
        }
        int blocks = octets / BLOCK;
        socket.ring(BLOCK, blocks, slot, blocks * (BLOCK / slot));
        return new NicRing(map(socket.fd(), (long) blocks * BLOCK), slot);
    }

    @SuppressWarnings("restricted") // the kernel has said how much there is
    private static MemorySegment map(int fd, long len) throws NicSocket.Refused {
        long address = new Libc().mmap(0, len, Libc.PROT_READ_WRITE, Libc.MAP_SHARED, fd, 0);
        if (address < 0) {
            throw new NicSocket.Refused("mmap of " + len + " octets", (int) -address);
        }
        return MemorySegment.ofAddress(address).reinterpret(len);
    }

    @SuppressWarnings("restricted") // so that copying between addresses makes no objects
    private static MemorySegment all() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }

    /// True if the kernel is done with the current slot; the methods below are then about that.
    boolean ready() {
        status = (int) STATUS.getAcquire(memory, at);
        return (status & STATUS_USER) != 0;
    }

    /// True if the frame is to be read from the socket.
    boolean queued() {
        return (status & STATUS_COPY) != 0;
    }

    /// Octets of virtio header and frame.
    int length() {
        return NicSocket.HEADER_LEN + memory.get(JAVA_INT, at + 8);
    }

    /// Copies virtio header and frame.
    ///
    /// @param room octets there are at `to`
    /// @return how many were copied; 0 if they do not fit, or there is more to the frame than is here
    int copy(long to, int room) {
        if (memory.get(JAVA_INT, at + 4) != memory.get(JAVA_INT, at + 8)) {
            return 0;
        }
        int len = length();
        int mac = memory.get(JAVA_SHORT, at + 12) & 0xffff;
        if (len > room || mac < NicSocket.HEADER_LEN || mac - NicSocket.HEADER_LEN + len > slotLen) {
            return 0;
        }
        MemorySegment.copy(memory, at + mac - NicSocket.HEADER_LEN, ALL, to, len);
        return len;
    }

    /// Gives the slot back to the kernel and goes on to the next.
    void release() {
        STATUS.setRelease(memory, at, 0);
        at += slotLen;
        if (at == memory.byteSize()) {
            at = 0;
        }
    }

    /// Nobody may use it any more.
    void close() {
        new Libc().munmap(memory.address(), memory.byteSize());
    }
}
