package org.splnet.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// The streams of a socket. Reading and writing at the same time is fine, two readers take turns.
final class SocketStreams {
    private SocketStreams() {
    }

    static class Input extends InputStream {
        private final StreamSocket socket;

        Input(StreamSocket socket) {
            this.socket = socket;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            Objects.checkFromIndexSize(off, len, b.length);
            return len == 0 ? 0 : read(ByteBuffer.wrap(b, off, len));
        }

        private int read(ByteBuffer to) throws IOException {
            Connection from = socket.connection();
            long start = System.nanoTime();
            long limitNs = TimeUnit.MILLISECONDS.toNanos(socket.timeoutMs());
            lock(from.reading, limitNs);
            try {
                int n;
                while ((n = from.read(to)) == 0) {
                    from.unix().awaitReadable(StreamSocket.remaining(start, limitNs, "Read timed out"),
                            socket.interrupts());
                }
                return n;
            } catch (IOException e) {
                throw socket.closedOr(e);
            } finally {
                from.reading.unlock();
            }
        }

        /// A reader who takes his turn waits no longer than a read may.
        private static void lock(ReentrantLock lock, long limitNs) throws IOException {
            if (limitNs == 0) {
                lock.lock();
                return;
            }
            boolean interrupted = false;
            long start = System.nanoTime();
            try {
                while (!lock.isHeldByCurrentThread()) {
                    try {
                        if (!lock.tryLock(limitNs - (System.nanoTime() - start), TimeUnit.NANOSECONDS)) {
                            throw new SocketTimeoutException("Read timed out");
                        }
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public int available() throws IOException {
            return socket.available();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    static class Output extends OutputStream {
        private final StreamSocket socket;

        Output(StreamSocket socket) {
            this.socket = socket;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            Objects.checkFromIndexSize(off, len, b.length);
            ByteBuffer from = ByteBuffer.wrap(b, off, len);
            Connection to = socket.connection();
            to.writing.lock();
            try {
                while (from.hasRemaining()) {
                    if (to.write(from) == 0) {
                        to.unix().awaitWritable(0, socket.interrupts());
                    }
                }
            } catch (IOException e) {
                throw socket.closedOr(e);
            } finally {
                to.writing.unlock();
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
