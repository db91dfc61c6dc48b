package org.splnet.netif.tap;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.splnet.driver.DescriptorSleep;
import org.splnet.driver.VirtioNetHeader;
import org.splnet.net.DeviceException;
import org.splnet.unix.Errno;
import org.splnet.unix.Libc;

/// The kernel's end of a TAP in a test: a packet(7) socket with virtio headers, for frames of one Ethernet
/// type.
final class PacketSocket implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_VNET_HDR = 15;
    private static final long WAIT_NS = 5_000_000_000L;
    private static final int ROOM = 1 << 17;

    private final Libc libc = new Libc();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment octets = arena.allocate(ROOM, 8);
    private final int fd;
    private final DescriptorSleep sleep;

    PacketSocket(int interfaceIndex, int etherType) {
        fd = libc.socket(AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0);
        check(fd);
        octets.set(JAVA_INT, 0, 1);
        check(libc.setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, octets.address(), 4));
        MemorySegment address = arena.allocate(20, 4);
        address.set(JAVA_SHORT, 0, (short) AF_PACKET);
        address.set(JAVA_SHORT, 2, Short.reverseBytes((short) etherType));
        address.set(JAVA_INT, 4, interfaceIndex);
        check(libc.bind(fd, address.address(), 20));
        sleep = sleepOn(fd);
    }

    /// Sends a frame.
    ///
    /// @param header ten octets of virtio header
    void send(byte[] header, byte[] frame) {
        MemorySegment.copy(header, 0, octets, JAVA_BYTE, 0, header.length);
        MemorySegment.copy(frame, 0, octets, JAVA_BYTE, header.length, frame.length);
        check((int) resend(header.length + frame.length));
    }

    void send(byte[] frame) {
        send(new byte[VirtioNetHeader.LEN], frame);
    }

    /// Sends again what was sent last. Allocates nothing.
    long resend(int len) {
        return libc.write(fd, octets.address(), len);
    }

    /// The next frame that comes within five seconds, ten octets of virtio header in front; null if none
    /// does.
    byte[] receive() {
        long got = libc.read(fd, octets.address(), ROOM);
        if (got == -Errno.EAGAIN) {
            sleep.await(WAIT_NS, false);
            got = libc.read(fd, octets.address(), ROOM);
        }
        return got < 0 ? null : octets.asSlice(0, got).toArray(JAVA_BYTE);
    }

    @Override
    public void close() {
        libc.close(fd);
        sleep.close();
        arena.close();
    }

    private static DescriptorSleep sleepOn(int fd) {
        try {
            return new DescriptorSleep(fd);
        } catch (DeviceException e) {
            throw new AssertionError(e);
        }
    }

    private static void check(int result) {
        if (result < 0) {
            throw new AssertionError(Errno.name(-result));
        }
    }
}
