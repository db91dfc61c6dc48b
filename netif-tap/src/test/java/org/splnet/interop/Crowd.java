package org.splnet.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Short-lived clients of an echo service, a crowd of them at once, from several addresses of the kernel's
/// TCP: each connects, and then talks and leaves in its own way, or vanishes. A program of its own, to be run
/// in the peer's namespace; ends with 1 if an echo was not what had been sent.
final class Crowd {
    private enum Manner { LEAVE, TALK, HALF_CLOSE, RESET, NEVER_READ }

    private static final int MOST_OCTETS = 20_000;
    private static final long PATIENCE_NS = 20_000_000_000L;
    private static final byte[] TEXT = new byte[MOST_OCTETS];

    private final InetSocketAddress server;
    private final List<String> sources;
    private final int size;
    private final SplittableRandom rnd;
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    private int most;
    private long begun;
    private long verified;
    private long broken;
    private long failed;
    private long late;

    private Crowd(String server, int port, int size, long seed, List<String> sources) throws IOException {
        this.server = new InetSocketAddress(InetAddress.getByName(server), port);
        this.size = size;
        this.sources = sources;
        this.rnd = new SplittableRandom(seed);
        rnd.nextBytes(TEXT);
    }

    /// @param args server, port, how many at once, seconds, seed, source addresses; the last one is taken
    ///     away in the middle, with all who have it
    public static void main(String[] args) throws Exception {
        var crowd = new Crowd(args[0], Integer.parseInt(args[1]), Integer.parseInt(args[2]),
                Long.parseLong(args[4]),
                new ArrayList<>(List.of(args).subList(5, args.length)));
        crowd.run(Long.parseLong(args[3]));
    }

    /// One of them.
    private final class Client {
        final SocketChannel channel;
        final String source = sources.get(rnd.nextInt(sources.size()));
        final Manner manner = Manner.values()[rnd.nextInt(Manner.values().length)];
        final int length = 1 + rnd.nextInt(MOST_OCTETS);
        final int resetAt = rnd.nextInt(length);
        final long endNs = System.nanoTime() + PATIENCE_NS;
        int sent;
        int received;

        Client() throws IOException {
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(source, 0));
            channel.register(selector, SelectionKey.OP_CONNECT, this);
            channel.connect(server);
        }

        void ready(SelectionKey key) throws IOException {
            if (key.isConnectable()) {
                channel.finishConnect();
                if (manner == Manner.LEAVE) {
                    leave();
                    return;
                }
                key.interestOps(manner == Manner.NEVER_READ ? SelectionKey.OP_WRITE
                        : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            }
            if (key.isValid() && key.isWritable()) {
                write(key);
            }
            if (key.isValid() && key.isReadable()) {
                read();
            }
        }

        private void write(SelectionKey key) throws IOException {
            sent += channel.write(ByteBuffer.wrap(TEXT, sent, length - sent));
            if (manner == Manner.RESET && sent > resetAt) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                leave();
            } else if (sent == length) {
                if (manner == Manner.NEVER_READ) {
                    leave();
                    return;
                }
                if (manner == Manner.HALF_CLOSE) {
                    channel.shutdownOutput();
                }
                key.interestOps(SelectionKey.OP_READ);
            }
        }

        private void read() throws IOException {
            buffer.clear();
            int n = channel.read(buffer);
            buffer.flip();
            int fit = Math.min(n, TEXT.length - received);
            if (n > 0 && !buffer.equals(ByteBuffer.wrap(TEXT, received, fit))) {
                broken++;
                leave();
                return;
            }
            received += Math.max(n, 0);
            boolean all = received == length;
            if (n < 0 && !all) {
                broken++;
            }
            if (n < 0 || all && manner != Manner.HALF_CLOSE) {
                verified += all ? 1 : 0;
                leave();
            }
        }

        void leave() throws IOException {
            channel.close();
        }
    }

    private void run(long seconds) throws IOException, InterruptedException {
        long fromNs = System.nanoTime();
        long untilNs = fromNs + seconds * 1_000_000_000L;
        boolean vanished = sources.size() < 2;
        while (System.nanoTime() - untilNs < 0) {
            grow();
            selector.select(100);
            serve();
            if (!vanished && System.nanoTime() - fromNs > (untilNs - fromNs) / 2) {
                vanish();
                vanished = true;
            }
        }
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        System.out.printf("crowd %d seconds, %d clients, %d at once, %d echoes verified, %d broken, "
                + "%d failed, %d late%n", seconds, begun, most, verified, broken, failed, late);
        System.exit(broken == 0 ? 0 : 1);
    }

    private void grow() throws IOException {
        // Not all in one go, or the accept queue is what is measured.
        for (int i = 0; i < 256 && selector.keys().size() < size; i++) {
            try {
                new Client();
                begun++;
            } catch (IOException e) {
                failed++;
                return;
            }
        }
        most = Math.max(most, selector.keys().size());
    }

    private void serve() throws IOException {
        for (SelectionKey key : selector.selectedKeys()) {
            try {
                ((Client) key.attachment()).ready(key);
            } catch (IOException e) {
                failed++;
                key.channel().close();
            }
        }
        selector.selectedKeys().clear();
        long nowNs = System.nanoTime();
        for (SelectionKey key : new ArrayList<>(selector.keys())) {
            if (key.isValid() && nowNs - ((Client) key.attachment()).endNs > 0) {
                late++;
                key.channel().close();
            }
        }
    }

    /// Nothing is heard any more of those who have the last address: their packets are not sent.
    private void vanish() throws IOException, InterruptedException {
        String gone = sources.getLast();
        new ProcessBuilder("ip", "address", "del", gone + "/24", "dev", "splnet0").inheritIO().start()
                .waitFor();
        for (SelectionKey key : new ArrayList<>(selector.keys())) {
            if (((Client) key.attachment()).source.equals(gone)) {
                key.channel().close();
            }
        }
        sources.removeLast();
    }
}
