package org.splnet.unix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.ServerSocket;

/// A connection of the host's TCP with octets that its peer does not take: whoever closes [#fd] as the last
/// waits.
public final class Lingering implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_LINGER = 13;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_OOB = 1;

    private final ServerSocket peer;
    private final Libc libc = new Libc();
    private boolean closed;
    /// The connection.
    public final int fd;

    /// @param seconds that whoever closes it waits
    public Lingering(int seconds) throws IOException {
        peer = new ServerSocket();
        peer.setReceiveBufferSize(4096);
        peer.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        fd = libc.socket(AF_INET, Fd.STREAM, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment words = arena.allocate(16, 8);
            words.set(JAVA_INT, 0, 4096);
            libc.setsockopt(fd, SOL_SOCKET, SO_SNDBUF, words.address(), 4);
            words.set(JAVA_INT, 0, 1);
            words.set(JAVA_INT, 4, seconds);
            libc.setsockopt(fd, SOL_SOCKET, SO_LINGER, words.address(), 8);
            words.set(JAVA_SHORT, 0, (short) AF_INET);
            words.set(JAVA_SHORT, 2, Short.reverseBytes((short) peer.getLocalPort()));
            MemorySegment.copy(peer.getInetAddress().getAddress(), 0, words, JAVA_BYTE, 4, 4);
            if (libc.connect(fd, words.address(), 16) < 0) {
                throw new IOException("connect");
            }
        }
        ByteBuf octets = Unpooled.directBuffer(1 << 16).writeZero(1 << 16);
        while (Fd.mine().write(fd, octets) > 0) {
            octets.readerIndex(0);
        }
        octets.release();
    }

    /// Passes it on with one octet that is out of band (`CONFIG_AF_UNIX_OOB`).
    ///
    /// @return 1, or `-errno`
    public int passUrgently(int over) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment control = arena.allocate(24, 8);
            control.set(JAVA_LONG, 0, 20);
            control.set(JAVA_INT, 8, SOL_SOCKET);
            control.set(JAVA_INT, 12, SCM_RIGHTS);
            control.set(JAVA_INT, 16, fd);
            MemorySegment vector = arena.allocate(16, 8);
            vector.set(JAVA_LONG, 0, arena.allocate(1).address());
            vector.set(JAVA_LONG, 8, 1);
            MemorySegment message = arena.allocate(56, 8);
            message.set(JAVA_LONG, 16, vector.address());
            message.set(JAVA_LONG, 24, 1);
            message.set(JAVA_LONG, 32, control.address());
            message.set(JAVA_LONG, 40, control.byteSize());
            return (int) libc.sendmsg(over, message.address(), MSG_OOB | Libc.MSG_NOSIGNAL);
        }
    }

    /// The maker has it no more: the last to close it is whoever else does.
    public void leave() {
        if (!closed) {
            closed = true;
            libc.close(fd);
        }
    }

    /// The peer goes, and nobody waits any more.
    @Override
    public void close() throws IOException {
        peer.close();
        leave();
    }
}
