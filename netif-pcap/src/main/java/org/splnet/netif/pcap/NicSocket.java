package org.splnet.netif.pcap;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.splnet.capture.BpfProgram.Instruction;
import org.splnet.unix.Libc;

/// A packet socket (packet(7)): what libpcap itself opens on Linux, with a virtio header in front of each
/// frame, both ways. Results are the kernel's: what the call returns, or `-errno`.
///
/// What sets it up belongs to one thread at a time; what reads and writes is in [FrameReceiver] and
/// [FrameSender], each with memory of its own.
final class NicSocket {
    /// Octets of the virtio header in front of each frame.
    static final int HEADER_LEN = 10;

    private static final int AF_PACKET = 17;
    private static final int ETH_P_ALL = 3;
    private static final int SO_ERROR = 4;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_RX_RING = 5;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_COPY_THRESH = 7;
    private static final int PACKET_VERSION = 10;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int TPACKET_V2 = 1;
    private static final int MR_MULTICAST = 0;
    private static final int MR_PROMISC = 1;
    private static final int MR_UNICAST = 3;
    private static final int INSTRUCTION = 8;
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+)\\b.*");

    private final Libc libc = new Libc();
    private final MemorySegment scratch = Arena.ofAuto().allocate(32, 8);
    private final int fd;

    private NicSocket(int fd) {
        this.fd = fd;
    }

    /// One that hears nothing yet.
    ///
    /// @throws Refused if this process may have none
    static NicSocket open() throws Refused {
        int fd = new Libc().socket(AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw new Refused("socket(AF_PACKET)", -fd);
        }
        return new NicSocket(fd);
    }

    /// True if a kernel of that release takes UDP packets to be cut into datagrams, as Linux does since 6.2.
    /// A packet socket can only be asked by sending one.
    static boolean cutsDatagrams(String release) {
        Matcher numbers = RELEASE.matcher(release);
        if (!numbers.matches()) {
            return false;
        }
        int major = Integer.parseInt(numbers.group(1));
        return major > 6 || major == 6 && Integer.parseInt(numbers.group(2)) >= 2;
    }

    /// The descriptor, this object's.
    int fd() {
        return fd;
    }

    /// Has each frame come and go behind a virtio header.
    void virtioHeader() throws Refused {
        require("PACKET_VNET_HDR", setInt(SOL_PACKET, PACKET_VNET_HDR, 1));
    }

    /// What this host sends on the NIC is not shown. Kernels before 4.20 have no such option: there the
    /// filter has to do, and the kernel's own frames to us come too.
    void ignoreOutgoing() {
        setInt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
    }

    /// Room for frames that wait to be read, and for those on their way out.
    ///
    /// @return the octets granted for reading, which without CAP_NET_ADMIN are at most `net.core.rmem_max`
    int buffers(int receive, int send) {
        // the kernel doubles what it is told, for its own bookkeeping
        if (setInt(Libc.SOL_SOCKET, SO_RCVBUFFORCE, receive) < 0) {
            setInt(Libc.SOL_SOCKET, SO_RCVBUF, receive);
        }
        if (setInt(Libc.SOL_SOCKET, SO_SNDBUFFORCE, send) < 0) {
            setInt(Libc.SOL_SOCKET, SO_SNDBUF, send);
        }
        return get(Libc.SOL_SOCKET, SO_RCVBUF, 4) < 0 ? 0 : scratch.get(JAVA_INT, 0) / 2;
    }

    /// Has received frames laid into a ring ([NicRing]), and those too large for a slot queued as well.
    void ring(int blockLen, int blocks, int slotLen, int slots) throws Refused {
        require("PACKET_VERSION", setInt(SOL_PACKET, PACKET_VERSION, TPACKET_V2));
        require("PACKET_COPY_THRESH", setInt(SOL_PACKET, PACKET_COPY_THRESH, 1));
        scratch.set(JAVA_INT, 0, blockLen);
        scratch.set(JAVA_INT, 4, blocks);
        scratch.set(JAVA_INT, 8, slotLen);
        scratch.set(JAVA_INT, 12, slots);
        require("PACKET_RX_RING of " + blocks + " times " + blockLen + " octets",
                set(SOL_PACKET, PACKET_RX_RING, 16));
    }

    /// Takes note of an error that the socket would go on waking us for.
    void clearError() {
        get(Libc.SOL_SOCKET, SO_ERROR, 4);
    }

    /// Lets only those frames pass.
    void filter(Instruction... program) throws Refused {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code = arena.allocate((long) program.length * INSTRUCTION, 8);
            for (int i = 0; i < program.length; i++) {
                Instruction each = program[i];
                long at = (long) i * INSTRUCTION;
                code.set(JAVA_SHORT, at, (short) each.code());
                code.set(JAVA_BYTE, at + 2, (byte) each.jt());
                code.set(JAVA_BYTE, at + 3, (byte) each.jf());
                code.set(JAVA_INT, at + 4, each.k());
            }
            scratch.set(JAVA_LONG, 0, 0);
            scratch.set(JAVA_SHORT, 0, (short) program.length);
            scratch.set(JAVA_LONG, 8, code.address());
            require("SO_ATTACH_FILTER", set(Libc.SOL_SOCKET, SO_ATTACH_FILTER, 16));
        }
    }

    /// Listens on the NIC with that index, as often as it comes back.
    ///
    /// @param promiscuous have the NIC take frames for all stations, instead of for `station` only
    /// @param station six octets, big-endian
    void attach(int index, boolean promiscuous, long station) throws Refused {
        // the kernel forgets memberships of a NIC that goes
        if (promiscuous) {
            require("promiscuous mode", membership(index, MR_PROMISC, 0));
        } else {
            require("station address filter", membership(index, MR_UNICAST, station));
        }
        require("multicast address filter",
                membership(index, MR_MULTICAST, NicFilter.ALL_HOSTS.bits()));
        scratch.fill((byte) 0);
        scratch.set(JAVA_SHORT, 0, (short) AF_PACKET);
        scratch.set(JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 2, (short) ETH_P_ALL);
        scratch.set(JAVA_INT, 4, index);
        require("bind", libc.bind(fd, scratch.address(), 20));
    }

    /// The index of the NIC that it listens on; that of none if that one has gone since, even if another has
    /// come by its index.
    int attached() {
        scratch.set(JAVA_INT, 24, 20);
        return libc.getsockname(fd, scratch.address(), scratch.address() + 24) < 0 ? -1
                : scratch.get(JAVA_INT, 4);
    }

    private int membership(int index, int type, long station) {
        scratch.set(JAVA_INT, 0, index);
        scratch.set(JAVA_SHORT, 4, (short) type);
        scratch.set(JAVA_SHORT, 6, (short) 6);
        for (int i = 0; i < 8; i++) {
            scratch.set(JAVA_BYTE, 8L + i, (byte) (i < 6 ? station >>> 40 - 8 * i : 0));
        }
        return set(SOL_PACKET, PACKET_ADD_MEMBERSHIP, 16);
    }

    /// Frames that found no room to wait, since this was asked last.
    int missed() {
        return get(SOL_PACKET, PACKET_STATISTICS, 8) < 0 ? 0 : scratch.get(JAVA_INT, 4);
    }

    /// Nobody may use it any more.
    void close() {
        libc.close(fd);
    }

    private int setInt(int level, int option, int value) {
        scratch.set(JAVA_INT, 0, value);
        return set(level, option, 4);
    }

    private int set(int level, int option, int len) {
        return libc.setsockopt(fd, level, option, scratch.address(), len);
    }

    private int get(int level, int option, int len) {
        scratch.set(JAVA_INT, 24, len);
        return libc.getsockopt(fd, level, option, scratch.address(), scratch.address() + 24);
    }

    private static void require(String what, int result) throws Refused {
        if (result < 0) {
            throw new Refused(what, -result);
        }
    }

    /// The kernel has said no.
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;
        private final int errno;

        Refused(String what, int errno) {
            super(what);
            this.errno = errno;
        }

        /// By number.
        int errno() {
            return errno;
        }
    }
}
