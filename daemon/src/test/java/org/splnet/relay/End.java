package org.splnet.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;

/// One end of a connection as a thread sees it that waits, of the host's or of the stack's.
interface End extends AutoCloseable {
    /// Sends some of what is in `data`.
    void send(ByteBuffer data) throws IOException;

    /// Receives what there is, waiting for it.
    ///
    /// @return octets received; -1 at the end
    int receive(ByteBuffer into) throws IOException;

    /// Says that no more will be sent.
    void finish() throws IOException;

    /// Resets the connection.
    void reset() throws IOException;

    /// True if a reset by this end can be seen by the other.
    boolean resets();

    @Override
    void close() throws IOException;

    /// All of `text`.
    default End say(String text) throws IOException {
        ByteBuffer octets = ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        while (octets.hasRemaining()) {
            send(octets);
        }
        return this;
    }

    /// The next `count` octets as text, fewer at the end.
    default String hear(int count) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(count);
        while (octets.hasRemaining() && receive(octets) >= 0) {
            // goes on
        }
        return new String(octets.array(), 0, octets.position(), java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    /// The host's end at a place as relays show it.
    static End connect(String place) throws IOException {
        if (place.startsWith(Place.UNIX)) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(place.substring(Place.UNIX.length())));
            return new OfHost(channel);
        }
        return new OfHost(SocketChannel.open(Place.serving("test", place).host()));
    }

    /// A socket of the host.
    record OfHost(SocketChannel channel, boolean resets) implements End {
        OfHost(SocketChannel channel) throws IOException {
            this(channel, channel.getLocalAddress() instanceof InetSocketAddress);
        }

        @Override
        public void send(ByteBuffer data) throws IOException {
            channel.write(data);
        }

        @Override
        public int receive(ByteBuffer into) throws IOException {
            return channel.read(into);
        }

        @Override
        public void finish() throws IOException {
            channel.shutdownOutput();
        }

        @Override
        public void reset() throws IOException {
            if (resets) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
            channel.close();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /// A socket of the stack.
    record OfStack(StreamSocket socket) implements End {
        @Override
        public void send(ByteBuffer data) throws IOException {
            ByteBuf octets = Unpooled.wrappedBuffer(data);
            int sent = socket.send(octets);
            data.position(data.position() + sent);
            if (sent == 0) {
                await(Readiness.WRITABLE);
            }
        }

        @Override
        public int receive(ByteBuffer into) throws IOException {
            for (ByteBuf data; ; await(Readiness.READABLE)) {
                data = socket.receive(into.remaining());
                if (data != null) {
                    int length = data.readableBytes();
                    into.put(data.nioBuffer());
                    data.release();
                    return length == 0 ? -1 : length;
                }
            }
        }

        private void await(int events) throws IOException {
            try {
                if (socket.await(events, LiveStack.PATIENCE_NS) == 0) {
                    throw new AssertionError("nothing for too long: " + socket.state());
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void finish() throws SocketException {
            socket.shutdownOutput();
        }

        @Override
        public void reset() {
            socket.abort();
            socket.close();
        }

        @Override
        public boolean resets() {
            return true;
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
