package org.splnet.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.splnet.unix.Closer;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;
import org.splnet.unix.Ring;
import org.splnet.unix.RingReader;
import org.splnet.unix.RingWriter;
import org.splnet.unix.SharedMemory;

/// A client with whom a connection is shared in memory. Where it has to wait it sleeps until it is woken, so
/// that a wake-up that is forgotten is seen. By one thread.
final class RingClient implements AutoCloseable {
    private static final long PATIENCE_NS = 20_000_000_000L;
    private static final Closer CLOSER = new Closer();

    final int fd;
    final int shared;
    final String head;
    final SharedMemory memory;
    final RingWriter up;
    final RingReader down;

    /// @param fd a connection that is about to become one with a ring
    /// @param name octets of what comes before the memory; 0 for an answer of HTTP
    RingClient(int fd, int capacity, int name) {
        this.fd = fd;
        head = head(name);
        shared = descriptor();
        memory = SharedMemory.map(shared, Ring.size(capacity));
        up = new RingWriter(memory, Ring.IN, capacity);
        down = new RingReader(memory, Ring.OUT, capacity, () -> { });
    }

    static RingClient connect(Path socket, String to, int capacity) {
        int fd = Fd.mine().connect(socket.toString());
        ask(fd, "CONNECT " + to + " HTTP/1.1\r\nHost: x\r\nSplnet-Ring: " + capacity + "\r\n\r\n");
        return new RingClient(fd, capacity, 0);
    }

    static void ask(int fd, String text) {
        ByteBuf buf = Unpooled.directBuffer().writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        if (Fd.mine().write(fd, buf) != text.length()) {
            throw new AssertionError("not written");
        }
        buf.release();
    }

    private String head(int name) {
        StringBuilder text = new StringBuilder();
        while (name > 0 ? text.length() < name : text.indexOf("\r\n\r\n") < 0) {
            text.append((char) octet());
        }
        return text.toString();
    }

    private int descriptor() {
        octet();
        int passed = Fd.mine().passed();
        if (passed < 0) {
            throw new AssertionError("no descriptor after " + head);
        }
        return passed;
    }

    /// Sleeps until woken, if there is nothing to read, nor the end.
    ///
    /// @return false at the descriptor's end
    boolean sleeps() {
        return !down.sleeps() || octet() >= 0;
    }

    /// The next octet of the descriptor; -1 at its end.
    int octet() {
        return octet(fd);
    }

    /// The next octet of a descriptor, with what comes with it; -1 at its end.
    static int octet(int fd) {
        ByteBuf one = Unpooled.directBuffer(1, 1);
        try {
            for (long untilNs = System.nanoTime() + PATIENCE_NS; ; Thread.onSpinWait()) {
                int n = Fd.mine().receive(fd, one, CLOSER);
                if (n > 0) {
                    return one.readUnsignedByte();
                }
                if (n != -Errno.EAGAIN) {
                    return -1;
                }
                if (System.nanoTime() - untilNs > 0) {
                    throw new AssertionError("never woken");
                }
            }
        } finally {
            one.release();
        }
    }

    /// What was read at once, at most `most`; null if there is nothing now.
    byte[] some(int most) {
        ByteBuf buf = Unpooled.directBuffer(most, most);
        int n = down.read(buf);
        byte[] octets = new byte[Math.max(n, 0)];
        buf.readBytes(octets);
        buf.release();
        down.settle();
        if (n > 0 && down.writerMustBeWoken()) {
            Fd.mine().ring(fd);
        }
        return n > 0 ? octets : null;
    }

    /// @return octets taken
    int offer(byte[] octets, int from, int length) {
        ByteBuf buf = Unpooled.directBuffer(length, length).writeBytes(octets, from, length);
        int n = up.write(buf);
        buf.release();
        if (n > 0 && up.readerMustBeWoken()) {
            Fd.mine().ring(fd);
        }
        return Math.max(n, 0);
    }

    RingClient write(byte[] octets) {
        for (int at = 0; at < octets.length; ) {
            int n = offer(octets, at, octets.length - at);
            at += n;
            if (n == 0 && octet() < 0) {
                throw new AssertionError("the end");
            }
        }
        return this;
    }

    /// Exactly so many octets.
    byte[] read(int length) {
        ByteBuffer all = ByteBuffer.allocate(length);
        while (all.hasRemaining()) {
            byte[] some = some(all.remaining());
            if (some != null) {
                all.put(some);
            } else if (!sleeps()) {
                throw new AssertionError("the end after " + all.position() + " of " + length);
            }
        }
        return all.array();
    }

    /// How many octets come before the end, whether it is said or the descriptor's.
    long toTheEnd() {
        for (long n = 0; ; ) {
            boolean ended = down.ended();
            byte[] some = some(1 << 16);
            if (some != null) {
                n += some.length;
            } else if (ended || !sleeps()) {
                return n;
            }
        }
    }

    void endsSending() {
        up.end();
        if (up.readerMustBeWoken()) {
            Fd.mine().ring(fd);
        }
    }

    /// Writes a 64-bit number into the memory.
    void scribble(long at, long what) throws IOException {
        try (FileChannel channel = FileChannel.open(Path.of("/proc/self/fd/" + shared),
                StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, what), at);
        }
        Fd.mine().ring(fd);
    }

    @Override
    public void close() {
        memory.close();
        Fd.mine().close(shared);
        Fd.mine().close(fd);
    }
}
