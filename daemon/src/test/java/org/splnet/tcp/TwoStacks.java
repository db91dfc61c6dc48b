package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.splnet.inet.FakeNetwork;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Deferred;
import org.splnet.kern.Entropy;
import org.splnet.kern.FaultLog;
import org.splnet.kern.Labels;
import org.splnet.kern.VirtualClock;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.wire.Endpoint;
import org.splnet.wire.InetAddr;

/// Two stacks joined by two pipes, everything from one seed, in one thread.
final class TwoStacks {
    private static final InetAddr A = FakeNetwork.HOST;
    private static final InetAddr B = FakeNetwork.PEER;
    private static final long LIMIT_NS = Drill.s(7200);

    private final SplittableRandom rnd;
    private final VirtualClock clock;
    private final CalloutWheel wheel;
    private final FakeNetwork netA = new FakeNetwork();
    private final FakeNetwork netB = new FakeNetwork();
    private final Tcp a;
    private final Tcp b;
    private final Pipe there;
    private final Pipe back;
    private final List<Conversation> clients = new ArrayList<>();
    private final List<Conversation> servers = new ArrayList<>();
    private final List<Integer> serverPorts = new ArrayList<>();
    private final SocketOptions options;
    private final long endNs;

    TwoStacks(long seed) {
        rnd = new SplittableRandom(seed);
        clock = new VirtualClock(rnd.nextLong() >> 2);
        endNs = clock.nanoTime() + LIMIT_NS;
        wheel = new CalloutWheel(clock.nanoTime(), () -> { });
        netB.addLocal(B);
        netB.removeLocal(A);
        netA.mtu = 100 + rnd.nextInt(1400);
        netB.mtu = 100 + rnd.nextInt(1400);
        netA.largestSend = rnd.nextBoolean() ? 0 : 65_535;
        netB.largestSend = rnd.nextBoolean() ? 0 : 20_000;
        double loss = rnd.nextInt(3) == 0 ? 0 : rnd.nextDouble() * 0.2;
        long delay = Drill.ms(1 + rnd.nextInt(50));
        Pipe.Weather weather = new Pipe.Weather(loss, rnd.nextDouble() * 0.05, rnd.nextDouble() * 0.02,
                rnd.nextDouble() * 0.5, delay, rnd.nextBoolean() ? 0 : Drill.ms(rnd.nextInt(1, 100)));
        there = new Pipe(clock, rnd, weather, netA, netB, A, B);
        back = new Pipe(clock, rnd, weather, netB, netA, B, A);
        SynCookies[] cookies = SynCookies.values();
        TcpConfig cfg = Knobs.with("synCookies", cookies[rnd.nextInt(cookies.length)],
                "retransmitTimeoutNs", LIMIT_NS, "maxRtoNs", Drill.s(60),
                "receiveBuffer", 2048 << rnd.nextInt(8), "sendBuffer", 2048 << rnd.nextInt(8),
                "windowScaling", rnd.nextInt(4) != 0, "reassemblySegments",
                rnd.nextInt(4) == 0 ? 4 : 512, "halfOpen", 1 + rnd.nextInt(8));
        a = new Tcp(cfg, netA, wheel, Entropy.seeded(rnd.nextLong()), clock);
        // Its patience too outlasts whatever is lost in a row: with a fifth of all segments gone, ten minutes
        // of retransmissions that are two minutes apart do come to nothing once in some thousand runs.
        TcpConfig patient = Knobs.with("retransmitTimeoutNs", LIMIT_NS, "maxRtoNs", Drill.s(60));
        b = new Tcp(patient, netB, wheel, Entropy.seeded(rnd.nextLong()), clock);
        there.receiver(b);
        back.receiver(a);
        options = SocketOptions.DEFAULTS.withNoDelay(rnd.nextBoolean())
                .withBuffers(buffer(), buffer())
                .withNotSentLowat(rnd.nextInt(3) == 0 ? 1 + rnd.nextInt(5000) : 0);
    }

    private int buffer() {
        int size = rnd.nextInt(10);
        return size < 8 ? 2048 << size : SocketOptions.AUTO;
    }

    void run() throws SocketException {
        TcpListener listener = (TcpListener) b.listen(new Endpoint(B, 80), 1 + rnd.nextInt(4), options);
        int n = 1 + rnd.nextInt(4);
        for (int i = 0; i < n; i++) {
            Conversation client = new Conversation(rnd, netA, i * 1000, rnd.nextInt(60_000));
            client.socket = a.connect(null, new Endpoint(B, 80), options);
            clients.add(client);
        }
        while (!done()) {
            accept(listener);
            step(act());
        }
        listener.close();
        long untilNs = clock.nanoTime() + Drill.s(700);
        while (a.connections() + b.connections() > 0 && clock.nanoTime() - untilNs < 0) {
            step(false);
        }
        check();
    }

    private void accept(TcpListener listener) throws SocketException {
        for (StreamSocket socket; (socket = listener.accept()) != null; ) {
            Conversation server = new Conversation(rnd, netB, 77, rnd.nextInt(60_000));
            server.socket = socket;
            servers.add(server);
            serverPorts.add(socket.remote().port());
        }
    }

    private boolean act() {
        boolean any = false;
        for (Conversation client : clients) {
            any |= client.act(77);
        }
        for (int i = 0; i < servers.size(); i++) {
            any |= servers.get(i).act(salt(serverPorts.get(i)));
        }
        return any;
    }

    private int salt(int port) {
        for (int i = 0; i < clients.size(); i++) {
            if (clients.get(i).socket.local().port() == port) {
                return i * 1000;
            }
        }
        throw new AssertionError("nobody connected from port " + port);
    }

    private boolean done() {
        return servers.size() == clients.size() && clients.stream().allMatch(c -> c.closed)
                && servers.stream().allMatch(c -> c.closed);
    }

    /// To the next event, or just on if the users are busy.
    private void step(boolean busy) {
        Deferred.run();
        there.pump();
        back.pump();
        long now = clock.nanoTime();
        long next = wheel.nextNs();
        long byTimer = next == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(next - now, 0);
        long by = Math.min(busy ? Drill.ms(1) : Drill.s(1), Math.min(byTimer, clock.nextDelayNs()));
        clock.advance(by);
        wheel.advance(clock.nanoTime());
        Deferred.run();
        if (FaultLog.system().total() > 0) {
            throw new AssertionError("a fault", FaultLog.system().distinct().getFirst().first());
        }
        if (clock.nanoTime() - endNs > 0) {
            throw new AssertionError("not done in time: A " + a.infos() + "\nB " + b.infos()
                    + stats(a) + stats(b));
        }
    }

    private static String stats(Tcp tcp) {
        StringBuilder out = new StringBuilder("\n");
        for (TcpStats.Counter counter : TcpStats.Counter.values()) {
            if (tcp.stats().count(counter) > 0) {
                out.append(Labels.of(counter)).append(' ').append(tcp.stats().count(counter)).append("  ");
            }
        }
        return out.toString();
    }

    private void check() {
        for (int i = 0; i < servers.size(); i++) {
            Conversation server = servers.get(i);
            Conversation client = clients.get(salt(serverPorts.get(i)) / 1000);
            assertThat(server.got).isEqualTo(client.sent);
            assertThat(client.got).isEqualTo(server.sent);
        }
        assertThat(a.infos()).isEmpty();
        assertThat(b.infos()).isEmpty();
        assertThat(a.receiveMemoryHeld() + b.receiveMemoryHeld()).isZero();
        a.shutdown(clock.nanoTime());
        b.shutdown(clock.nanoTime());
        assertThat(wheel.armed()).isZero();
    }

    /// Frees what a failed run leaves.
    void close() {
        a.shutdown(clock.nanoTime());
        b.shutdown(clock.nanoTime());
        netA.close();
        netB.close();
    }
}
