package org.splnet.unix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A `struct msghdr`: one run of octets, and the descriptors that go with it (unix(7), cmsg(3)). By one
/// thread at a time.
final class Message {
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int SCM_RIGHTS = 1;
    private static final int SCM_PIDFD = 4;

    // On every 64-bit Linux; the octet to be sent and the control messages are behind it.
    private static final int VECTORS = 16;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int VECTOR = 56;
    private static final int OCTET = 72;
    private static final int FIRST = 80;
    private static final int HEAD = 16;                // of a control message
    private static final int ONE = HEAD + Integer.BYTES;
    /// What finds none the kernel closes, by the thread that reads: for as many as one message can carry
    /// (253), beside anything else that whoever made the socket may have asked to be told.
    private static final int ROOM = 2048;

    private final MemorySegment all = Arena.ofAuto().allocate(FIRST + ROOM, 8);
    private final long at = all.address();
    private int passed = -1;

    Message() {
        all.set(JAVA_LONG, VECTORS, at + VECTOR);
        all.set(JAVA_LONG, VECTORS + Long.BYTES, 1);
        all.set(JAVA_LONG, CONTROL, at + FIRST);
    }

    private void about(long octets, long length, long control) {
        all.set(JAVA_LONG, VECTOR, octets);
        all.set(JAVA_LONG, VECTOR + Long.BYTES, length);
        all.set(JAVA_LONG, CONTROL_LENGTH, control);
    }

    /// Sends one octet and a descriptor.
    int send(Libc libc, int fd, int octet, int what) {
        all.set(JAVA_BYTE, OCTET, (byte) octet);
        about(at + OCTET, 1, HEAD + Long.BYTES);
        all.set(JAVA_LONG, FIRST, ONE);
        all.set(JAVA_INT, FIRST + 8, Libc.SOL_SOCKET);
        all.set(JAVA_INT, FIRST + 12, SCM_RIGHTS);
        all.set(JAVA_INT, FIRST + HEAD, what);
        return (int) libc.sendmsg(fd, at, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
    }

    /// As [Fd#receive].
    int receive(Libc libc, int fd, ByteBuf to, Closer closer) {
        about(NativeAddress.of(to) + to.writerIndex(), to.writableBytes(), ROOM);
        long n = libc.recvmsg(fd, at, Libc.MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        passed = -1;
        if (n >= 0) {
            to.writerIndex(to.writerIndex() + (int) n);
            take(FIRST + all.get(JAVA_LONG, CONTROL_LENGTH), closer);
        }
        return (int) n;
    }

    private void take(long end, Closer closer) {
        long length;
        for (long each = FIRST; each + HEAD <= end; each += length + 7 & -8) {
            length = Math.max(all.get(JAVA_LONG, each), HEAD);
            int kind = all.get(JAVA_INT, each + 12);
            if (all.get(JAVA_INT, each + 8) == Libc.SOL_SOCKET && (kind == SCM_RIGHTS || kind == SCM_PIDFD)) {
                for (long next = each + HEAD; next + Integer.BYTES <= each + length; next += Integer.BYTES) {
                    take(all.get(JAVA_INT, next), closer);
                }
            }
        }
    }

    private void take(int descriptor, Closer closer) {
        boolean first = passed == -1;
        if (first && descriptor < Fd.CEILING) {
            passed = descriptor;
        } else {
            closer.close(descriptor);
            passed = first ? -Errno.EMFILE : passed;
        }
    }

    /// As [Fd#passed].
    int passed() {
        int taken = passed;
        passed = -1;
        return taken;
    }
}
