package org.splnet.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// Standard input and output on a connection, as netcat has them: what is typed is sent, the end of input is
/// the end of our sending, and it is over when the peer has ended his. Then perhaps on the next one: what is
/// typed in between is for that.
final class Wire {
    private static final int PIECE = 64 << 10;
    private static final String READER_GONE = "Broken pipe";

    /// What came could not be written. Who reads no more hears nothing of it.
    static final class Unwritten extends Failure {
        private static final long serialVersionUID = 1L;

        Unwritten(IOException e) {
            super(Sysexits.IOERR, READER_GONE.equals(e.getMessage()) ? null
                    : "standard output: " + e.getMessage());
        }
    }

    private final ControlClient control;
    private final InputStream in;
    private final OutputStream out;
    private final BlockingQueue<SocketChannel> coming = new LinkedBlockingQueue<>();
    private boolean begun;

    /// @param in read by a thread of its own, which may outlive this
    Wire(ControlClient control, InputStream in, OutputStream out) {
        this.control = control;
        this.in = in;
        this.out = out;
    }

    /// Carries both ways until the peer ends. The caller closes the connection then, before the next.
    ///
    /// @throws IOException if the connection broke
    void carry(ControlClient.Lent lent) throws Failure, IOException {
        coming.add(lent.channel());
        if (!begun) {
            begun = true;
            Thread.ofPlatform().daemon().name("stdin").start(this::send);
        }
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        for (int n; (n = lent.channel().read(piece)) >= 0; piece.clear()) {
            write(piece.array(), n);
        }
        String why = control.error(lent.id());
        if (why != null) {
            throw new IOException("the connection broke: " + why);
        }
    }

    private void write(byte[] octets, int length) throws Unwritten {
        try {
            out.write(octets, 0, length);
            out.flush();
        } catch (IOException e) {
            throw new Unwritten(e);
        }
    }

    private void send() {
        byte[] piece = new byte[PIECE];
        try {
            SocketChannel to = coming.take();
            for (int n; (n = in.read(piece)) >= 0; ) {
                to = open(to);
                write(to, ByteBuffer.wrap(piece, 0, n));
            }
            while (true) {
                end(to);
                to = coming.take();
            }
        } catch (IOException | InterruptedException e) {
            // nothing more can be read, or has to be
        }
    }

    /// @return `to`, or if that is over the next one
    private SocketChannel open(SocketChannel to) throws InterruptedException {
        SocketChannel now = to;
        while (!now.isOpen()) {
            now = coming.take();
        }
        return now;
    }

    private static void write(SocketChannel to, ByteBuffer left) {
        try {
            while (left.hasRemaining()) {
                to.write(left);
            }
        } catch (IOException e) {
            // the peer has gone; whoever reads sees the same
        }
    }

    private static void end(SocketChannel to) {
        try {
            to.shutdownOutput();
        } catch (IOException e) {
            // it is over already
        }
    }
}
