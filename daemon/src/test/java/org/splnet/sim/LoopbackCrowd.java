package org.splnet.sim;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.tcp.Remains;
import org.splnet.wire.Endpoint;

/// Clients of a [LoopbackHost], each a thread that sleeps on its socket: one conversation after the other, in
/// a service and a manner of its own choice. All of them are connected before the first says a word.
final class LoopbackCrowd {
    /// What a client does once it is connected, or before.
    private enum Manner { GIVE_UP, TALK, HALF_CLOSE, RESET, LEAVE, VANISH }

    private static final Manner[] MANNERS = Manner.values();
    private static final int[] SERVICES = {LoopbackHost.ECHO, LoopbackHost.ECHO, LoopbackHost.ECHO,
        LoopbackHost.HTTP, LoopbackHost.HTTP, LoopbackHost.HTTP, LoopbackHost.DISCARD, LoopbackHost.CHARGEN};
    private static final SocketOptions OPTIONS = SocketOptions.DEFAULTS.withNoDelay(true);
    private static final long SECOND = 1_000_000_000L;
    private static final long PATIENCE_NS = 300 * SECOND;
    private static final int MOST_TEXT = 20_000;
    private static final int MOST_BODY = 200_000;
    private static final int MOST_HEAD = 1000;
    private static final int CHARGEN_LINE = 74;

    final LongAdder begun = new LongAdder();
    final LongAdder verified = new LongAdder();
    final LongAdder vanished = new LongAdder();
    /// Errors that clients were told, by error and what they were doing.
    final Map<String, LongAdder> told = new ConcurrentSkipListMap<>();
    private final LoopbackHost host;
    private final List<Thread> clients = new ArrayList<>();
    private final CountDownLatch connected;
    private final CountDownLatch gate = new CountDownLatch(1);
    private volatile long untilNs;
    private volatile Throwable wrong;

    LoopbackCrowd(LoopbackHost host, int size) {
        this.host = host;
        this.connected = new CountDownLatch(size);
    }

    /// Starts them; each has its own randomness, so that what it says follows from the seed alone.
    void start(long seed) {
        var seeds = new SplittableRandom(seed);
        for (long i = connected.getCount(); i > 0; i--) {
            SplittableRandom own = seeds.split();
            clients.add(Thread.ofVirtual().start(() -> live(own)));
        }
    }

    /// Waits until all are connected.
    void awaitConnected() throws InterruptedException {
        if (!connected.await(PATIENCE_NS, TimeUnit.NANOSECONDS)) {
            throw new AssertionError(connected.getCount() + " never got a connection, told " + told, wrong);
        }
    }

    /// Lets them talk, and waits until the last has ended.
    ///
    /// @param seconds after which nobody begins anew
    void talk(long seconds) throws InterruptedException {
        untilNs = System.nanoTime() + seconds * SECOND;
        gate.countDown();
        for (Thread client : clients) {
            client.join();
        }
        if (wrong != null) {
            throw new AssertionError("a client: " + wrong.getMessage(), wrong);
        }
    }

    private void live(SplittableRandom rnd) {
        try {
            first(rnd);
            while (System.nanoTime() - untilNs < 0 && wrong == null) {
                converse(rnd);
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            wrong = e;
        }
    }

    private void first(SplittableRandom rnd) throws InterruptedException {
        int port = SERVICES[rnd.nextInt(SERVICES.length)];
        Manner manner = MANNERS[1 + rnd.nextInt(MANNERS.length - 1)];
        for (boolean open = false; !open; ) {
            StreamSocket socket = connect(port);
            if (socket == null) {
                continue;
            }
            open = await(socket, port);
            if (open) {
                connected.countDown();
                gate.await();
            }
            behave(socket, port, open ? manner : Manner.GIVE_UP, rnd);
        }
    }

    private void converse(SplittableRandom rnd) throws InterruptedException {
        int port = SERVICES[rnd.nextInt(SERVICES.length)];
        Manner manner = MANNERS[rnd.nextInt(MANNERS.length)];
        StreamSocket socket = connect(port);
        if (socket != null) {
            boolean open = manner != Manner.GIVE_UP && await(socket, port);
            behave(socket, port, open ? manner : Manner.GIVE_UP, rnd);
        }
    }

    private StreamSocket connect(int port) {
        begun.increment();
        try {
            return host.tcp.connect(null, new Endpoint(LoopbackHost.ADDRESS, port), OPTIONS);
        } catch (SocketException e) {
            count(e, "connect", port);
            return null;
        }
    }

    private boolean await(StreamSocket socket, int port) throws InterruptedException {
        int ready = socket.await(Readiness.CONNECTED, PATIENCE_NS);
        if (ready == 0) {
            throw new AssertionError("no connection after " + PATIENCE_NS / SECOND + " s: port " + port + ", "
                    + socket.state());
        }
        if ((ready & Readiness.CONNECTED) != 0) {
            return true;
        }
        try {
            socket.receive(1).release();
        } catch (SocketException e) {
            count(e, "handshake", port);
        }
        return false;
    }

    private void count(SocketException e, String when, int port) {
        told.computeIfAbsent(e.error() + " " + when + " " + port, key -> new LongAdder()).increment();
    }

    private void behave(StreamSocket socket, int port, Manner manner, SplittableRandom rnd)
            throws InterruptedException {
        try {
            if (manner != Manner.GIVE_UP) {
                talk(socket, port, manner, rnd);
            }
        } catch (SocketException e) {
            count(e, manner.toString(), port);
        } finally {
            socket.close();
        }
    }

    private void talk(StreamSocket socket, int port, Manner manner, SplittableRandom rnd)
            throws SocketException, InterruptedException {
        boolean http = port == LoopbackHost.HTTP;
        int body = rnd.nextInt(MOST_BODY);
        byte[] text = http ? request(body) : text(rnd);
        say(socket, text);
        if (manner == Manner.HALF_CLOSE || port == LoopbackHost.DISCARD) {
            socket.shutdownOutput();
        }
        switch (manner) {
            case TALK, HALF_CLOSE -> {
                switch (port) {
                    case LoopbackHost.ECHO -> echoed(socket, text);
                    case LoopbackHost.HTTP -> answered(socket, body);
                    case LoopbackHost.CHARGEN -> generated(socket, manner, 1 + rnd.nextInt(MOST_BODY));
                    default -> end(socket);
                }
                verified.increment();
            }
            case RESET -> socket.abort();
            case VANISH -> {
                if (port == LoopbackHost.CHARGEN || http) {       // where the host has something to say
                    octets(socket).release();
                    Remains.vanish(socket);
                    vanished.increment();
                }
            }
            case GIVE_UP, LEAVE -> { }
        }
    }

    private static byte[] request(int body) {
        return ("GET /bytes/" + body + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] text(SplittableRandom rnd) {
        byte[] text = new byte[1 + rnd.nextInt(MOST_TEXT)];
        rnd.nextBytes(text);
        return text;
    }

    private static void say(StreamSocket socket, byte[] text) throws SocketException, InterruptedException {
        ByteBuf data = Unpooled.wrappedBuffer(text);
        while (data.isReadable()) {
            if (socket.send(data) == 0 && socket.await(Readiness.WRITABLE, PATIENCE_NS) == 0) {
                throw new AssertionError("no room to send for " + PATIENCE_NS / SECOND + " s: "
                        + socket.remote());
            }
        }
    }

    /// What comes next; without octets at the end. The caller releases it.
    private static ByteBuf octets(StreamSocket socket) throws SocketException, InterruptedException {
        for (ByteBuf data; ; ) {
            if ((data = socket.receive(1 << 16)) != null) {
                return data;
            }
            if (socket.await(Readiness.READABLE, PATIENCE_NS) == 0) {
                throw new AssertionError("nothing for " + PATIENCE_NS / SECOND + " s from " + socket.remote()
                        + ": " + socket.state());
            }
        }
    }

    private static void end(StreamSocket socket) throws SocketException, InterruptedException {
        ByteBuf data = octets(socket);
        int more = data.readableBytes();
        data.release();
        if (more > 0) {
            throw new AssertionError(more + " octets behind the end, from " + socket.remote());
        }
    }

    /// What an octet has to be. Ten thousand clients have no room to keep what they were sent.
    private interface Check {
        boolean holds(int at, byte octet);
    }

    /// Reads up to `most` octets, or to the end.
    ///
    /// @return how many there were
    private static int read(StreamSocket socket, int most, Check check)
            throws SocketException, InterruptedException {
        int at = 0;
        for (boolean more = true; more && at < most; ) {
            ByteBuf data = octets(socket);
            more = data.isReadable();
            while (data.isReadable() && at < most) {
                byte octet = data.readByte();
                if (!check.holds(at, octet)) {
                    throw new AssertionError("octet " + at + " is " + octet + ", from " + socket.remote());
                }
                at++;
            }
            data.release();
        }
        return at;
    }

    private static void echoed(StreamSocket socket, byte[] text)
            throws SocketException, InterruptedException {
        int got = read(socket, text.length, (at, octet) -> octet == text[at]);
        if (got != text.length) {
            throw new AssertionError("echo of " + text.length + " octets: " + got);
        }
    }

    private static void answered(StreamSocket socket, int body) throws SocketException, InterruptedException {
        var head = new StringBuilder();
        int got = read(socket, Integer.MAX_VALUE, (at, octet) -> {
            if (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) octet);
                return head.length() < MOST_HEAD;
            }
            int i = at - head.length();
            return octet == (byte) (i * 31 + (i >> 8) * 7 + (i >> 16));
        });
        if (head.indexOf("HTTP/1.1 200 ") != 0 || got - head.length() != body) {
            throw new AssertionError("the answer has " + got + " octets, " + body
                    + " were asked for; it begins: " + head);
        }
    }

    private static void generated(StreamSocket socket, Manner manner, int most)
            throws SocketException, InterruptedException {
        int end = manner == Manner.HALF_CLOSE ? Integer.MAX_VALUE : most;
        int got = read(socket, end, (at, octet) -> octet == '\n' || at % CHARGEN_LINE != CHARGEN_LINE - 1);
        if (manner != Manner.HALF_CLOSE && got != most) {
            throw new AssertionError("generated: " + got + " octets of " + most);
        }
    }
}
