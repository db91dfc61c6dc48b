package org.splnet.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// Standard input and output on a connection, as netcat has them: what is typed is sent, the end of input is
/// the end of our sending, and it is over when the peer has ended his.
final class Wire {
    private static final int PIECE = 64 << 10;

    private final SocketChannel channel;

    Wire(SocketChannel channel) {
        this.channel = channel;
    }

    /// Carries both ways until the peer ends.
    ///
    /// @param in read by a thread of its own, which may outlive this
    /// @return octets that came
    long carry(InputStream in, OutputStream out) throws IOException {
        Thread.ofPlatform().daemon().name("stdin").start(() -> send(in));
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        long came = 0;
        for (int n; (n = channel.read(piece)) >= 0; piece.clear()) {
            out.write(piece.array(), 0, n);
            out.flush();
            came += n;
        }
        return came;
    }

    private void send(InputStream in) {
        byte[] piece = new byte[PIECE];
        try {
            for (int n; (n = in.read(piece)) >= 0; ) {
                ByteBuffer left = ByteBuffer.wrap(piece, 0, n);
                while (left.hasRemaining()) {
                    channel.write(left);
                }
            }
            channel.shutdownOutput();
        } catch (IOException e) {
            // the peer has gone; whoever reads sees the same
        }
    }
}
