package org.splnet.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// Short-lived clients of all services, a crowd of them at once, from several addresses of the kernel's TCP.
/// First as many as are wanted are connected at once; then each talks and leaves in its own way, and others
/// come; those of the last address vanish. A program of its own, to be run in the peer's namespace; ends with
/// 1 if something is wrong.
final class Crowd {
    private static final long SECOND = 1_000_000_000L;
    private static final long GATHER_NS = 120 * SECOND;
    private static final int GROWTH = 256;
    static final String END = "End before the answer";
    private static final String RESET = "Connection reset ";
    /// Of so many clients one may be told that it was given up.
    private static final int PART = 20;

    final Selector selector = Selector.open();
    final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    private final InetAddress server;
    private final List<String> sources;
    private final int size;
    private final SplittableRandom seeds;
    /// Clients that were told an error, by error and what they were doing.
    private final Map<String, Integer> failed = new TreeMap<>();
    private final List<String> broken = new ArrayList<>();
    private boolean talking;
    private int established;
    private long begun;
    private long verified;
    private long late;
    private long givenUp;
    private long vanished;

    private Crowd(String server, int size, long seed, List<String> sources) throws IOException {
        this.server = InetAddress.getByName(server);
        this.size = size;
        this.sources = sources;
        this.seeds = new SplittableRandom(seed);
    }

    /// @param args server, how many at once, seconds, seed, source addresses; the last one is taken away in
    ///     the middle, with all who have it
    public static void main(String[] args) throws Exception {
        var crowd = new Crowd(args[0], Integer.parseInt(args[1]), Long.parseLong(args[3]),
                new ArrayList<>(List.of(args).subList(4, args.length)));
        System.exit(crowd.run(Long.parseLong(args[2])) ? 0 : 1);
    }

    private boolean run(long seconds) throws IOException, InterruptedException {
        long fromNs = System.nanoTime();
        while (established < size && System.nanoTime() - fromNs < GATHER_NS) {
            round();
        }
        long gatheredNs = System.nanoTime() - fromNs;
        int atOnce = established;
        talk();
        long talkNs = System.nanoTime();
        boolean gone = sources.size() < 2;
        while (System.nanoTime() - talkNs < seconds * SECOND) {
            round();
            if (!gone && System.nanoTime() - talkNs > seconds * SECOND / 4) {
                vanish();
                gone = true;
            }
        }
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        long told = failed.values().stream().mapToLong(n -> n).sum();
        // The kernel's end of the TAP drops a quarter of what so many send, so a few are given up: their
        // service's idle time or the daemon's patience is over. They are told so, and nothing else.
        boolean givenUpOnly = failed.keySet().stream()
                .allMatch(each -> each.startsWith(RESET) || each.startsWith(END));
        System.out.printf("crowd: %d established at once after %.1f s, %d s, %d clients, %d verified, "
                + "%d vanished, %d late, %d given up of those who gathered, told %s, broken %s%n", atOnce,
                gatheredNs / 1e9, seconds, begun,
                verified, vanished, late, givenUp, failed, broken.size() > 9 ? broken.subList(0, 9) : broken);
        return atOnce >= size && broken.isEmpty() && vanished > 0 && givenUpOnly
                && told + late <= begun / PART;
    }

    private void round() throws IOException {
        grow();
        selector.select(100);
        serve();
        look();
    }

    private void grow() {
        // Not all in one go, or the accept queue is what is measured.
        for (int i = 0; i < GROWTH && selector.keys().size() < size; i++) {
            CrowdClient client = new CrowdClient(this, seeds.split(), sources);
            try {
                begun++;
                client.connect(server);
            } catch (IOException e) {
                told(client, e);
                client.close();
                return;
            }
        }
    }

    private void serve() {
        for (SelectionKey key : selector.selectedKeys()) {
            CrowdClient client = (CrowdClient) key.attachment();
            try {
                client.ready(key, talking);
            } catch (IOException e) {
                told(client, e);
                client.close();
            }
        }
        selector.selectedKeys().clear();
    }

    /// Those who wait are kept from being given up, and those who have waited for too long leave.
    private void look() {
        long nowNs = System.nanoTime();
        for (SelectionKey key : new ArrayList<>(selector.keys())) {
            CrowdClient client = (CrowdClient) key.attachment();
            try {
                if (key.isValid() && client.look(talking, nowNs)) {
                    late++;
                    client.close();
                }
            } catch (IOException e) {
                told(client, e);
                client.close();
            }
        }
    }

    private void talk() throws IOException {
        talking = true;
        for (SelectionKey key : new ArrayList<>(selector.keys())) {
            if (key.isValid()) {
                ((CrowdClient) key.attachment()).begin(key);
            }
        }
    }

    /// Nothing is heard any more of those who have the last address: their packets are not sent.
    private void vanish() throws IOException, InterruptedException {
        String gone = sources.removeLast();
        new ProcessBuilder("ip", "address", "del", gone + "/24", "dev", "splnet0").inheritIO().start()
                .waitFor();
        for (SelectionKey key : new ArrayList<>(selector.keys())) {
            CrowdClient client = (CrowdClient) key.attachment();
            if (client.source.equals(gone)) {
                vanished += client.connected() ? 1 : 0;
                client.close();
            }
        }
    }

    /// One more, or one less, is connected.
    void connected(int change) {
        established += change;
    }

    void verified() {
        verified++;
    }

    void broken(String what) {
        broken.add(what);
    }

    /// A client was told an error.
    void told(CrowdClient client, IOException e) {
        if (client.waited()) {
            givenUp++;
            return;
        }
        String what = e.getMessage().replace("Connection reset by peer", "Connection reset");
        failed.merge(what + " " + client, 1, Integer::sum);
    }
}
