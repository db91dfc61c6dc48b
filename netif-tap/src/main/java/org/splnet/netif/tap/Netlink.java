package org.splnet.netif.tap;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.ObjIntConsumer;
import org.splnet.unix.Errno;
import org.splnet.unix.Libc;

/// Requests to the kernel's routing socket (rtnetlink(7)): compose, send, read the answer. For use at open
/// only; one thread.
///
/// ```text
///   message    len:32 type:16 flags:16 seq:32 pid:32 | family header | attributes
///   attribute  len:16 type:16 | payload | padding to 4
/// ```
final class Netlink implements AutoCloseable {
    static final int REQUEST = 1;
    static final int ACK = 4;
    static final int DUMP = 0x300;
    static final int EXCL = 0x200;
    static final int CREATE = 0x400;

    private static final int AF_NETLINK = 16;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int ACK_TLVS = 0x200;
    private static final int ATTR_MESSAGE = 1;
    private static final int HEADER = 16;
    private static final int REQUEST_MAX = 512;
    private static final int ANSWER_MAX = 65536;

    private final Libc libc = new Libc();
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment out = arena.allocate(REQUEST_MAX, 8);
    private final MemorySegment in = arena.allocate(ANSWER_MAX, 8);
    private final ByteBuffer request = out.asByteBuffer().order(ByteOrder.nativeOrder());
    private final int fd;
    private int sequence;
    private String explanation = "";

    Netlink() {
        fd = libc.socket(AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 0);
        if (fd >= 0) {
            // a kernel without these says less, and that is all
            in.set(JAVA_INT, 0, 1);
            libc.setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, in.address(), 4);
            libc.setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, in.address(), 4);
        }
    }

    /// Begins a request.
    ///
    /// @return where its family header goes, attributes after it
    ByteBuffer begin(int type, int flags) {
        request.clear();
        request.putInt(0).putShort((short) type).putShort((short) (REQUEST | flags)).putInt(++sequence);
        return request.putInt(0);
    }

    /// Adds an attribute of 32 bits.
    Netlink attribute(int type, int value) {
        request.putShort((short) 8).putShort((short) type).putInt(value);
        return this;
    }

    /// Adds an attribute of octets.
    Netlink attribute(int type, byte[] value) {
        request.putShort((short) (4 + value.length)).putShort((short) type).put(value);
        request.position(aligned(request.position()));
        return this;
    }

    /// Adds a text, which ends with a zero.
    Netlink attribute(int type, String value) {
        return attribute(type, (value + '\0').getBytes(StandardCharsets.UTF_8));
    }

    /// Sends the request and reads to the end of the answer.
    ///
    /// @param answer takes each message of the answer: positioned at its family header, limited to its end,
    ///     and its type
    /// @return 0 or `-errno`; then [#explanation] has the kernel's own words, if it gave any
    int transact(ObjIntConsumer<ByteBuffer> answer) {
        explanation = "";
        if (fd < 0) {
            return fd;
        }
        request.putInt(0, request.position());
        boolean dump = (request.getShort(6) & DUMP) == DUMP;
        long wrote = libc.write(fd, out.address(), request.position());
        if (wrote < 0) {
            return (int) wrote;
        }
        for (;;) {
            long got = libc.read(fd, in.address(), ANSWER_MAX);
            if (got == -Errno.EINTR) {
                continue;
            }
            if (got < 0) {
                return (int) got;
            }
            ByteBuffer messages = in.asSlice(0, got).asByteBuffer().order(ByteOrder.nativeOrder());
            int result = messages(messages, dump, answer);
            if (result <= 0) {
                return result;
            }
        }
    }

    // 1 if more is to come, else the final result
    private int messages(ByteBuffer all, boolean dump, ObjIntConsumer<ByteBuffer> answer) {
        int result = 1;
        while (all.remaining() >= HEADER) {
            int at = all.position();
            int len = all.getInt(at);
            int type = all.getShort(at + 4);
            ByteBuffer body = all.slice(at + HEADER, len - HEADER).order(ByteOrder.nativeOrder());
            all.position(Math.min(all.limit(), at + aligned(len)));
            if (all.getInt(at + 8) != sequence) {
                continue;
            }
            if (type == NLMSG_ERROR) {
                result = body.getInt(0);
                explain(body, all.getShort(at + 6));
            } else if (type == NLMSG_DONE) {
                result = 0;
            } else {
                answer.accept(body, type);
                result = dump || (request.getShort(6) & ACK) != 0 ? 1 : 0;
            }
        }
        return result;
    }

    private void explain(ByteBuffer error, int flags) {
        if ((flags & ACK_TLVS) != 0) {
            error.position(4 + HEADER);
            attributes(error, (value, type) -> {
                if (type == ATTR_MESSAGE) {
                    explanation = text(value);
                }
            });
        }
    }

    /// The kernel's own words for the last refusal, or nothing.
    String explanation() {
        return explanation;
    }

    /// Walks over attributes from the position of `in` to its limit.
    static void attributes(ByteBuffer in, ObjIntConsumer<ByteBuffer> each) {
        while (in.remaining() >= 4) {
            int at = in.position();
            int len = in.getShort(at) & 0xffff;
            if (len < 4 || len > in.remaining()) {
                return;
            }
            // the two upper bits say "nested" and "network byte order"
            ByteBuffer value = in.slice(at + 4, len - 4).order(ByteOrder.nativeOrder());
            each.accept(value, in.getShort(at + 2) & 0x3fff);
            in.position(Math.min(in.limit(), at + aligned(len)));
        }
    }

    /// A text attribute's value.
    static String text(ByteBuffer value) {
        int len = value.limit();
        while (len > 0 && value.get(len - 1) == 0) {
            len--;
        }
        byte[] octets = new byte[len];
        value.get(0, octets);
        return new String(octets, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        if (fd >= 0) {
            libc.close(fd);
        }
        arena.close();
    }

    private static int aligned(int len) {
        return len + 3 & ~3;
    }
}
