package org.splnet.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.splnet.kern.LockDiscipline;
import org.splnet.kern.LockRank;
import org.splnet.kern.LockSite;
import org.splnet.kern.RankedLock;
import org.splnet.kern.Witness;
import org.splnet.socket.SocketException;
import org.splnet.tcp.TcpConfig;

/// Layered against giant locks, what the witness costs, and what more cores would make of it; `bench/locks`
/// runs it. Disciplines and modes take turns within one process, medians are compared.
public final class LockBench {
    private static final int[] CONNECTIONS = {1, 2, 8, 64, 1000, 10_000};
    private static final int[] THREADS = {1, 2, 4, 8, 16, 32, 64};
    private static final Lanes ONE = new Lanes(1, true);
    private static final Lanes TWO = new Lanes(2, true);
    private static final int PAIRS = 20_000_000;

    /// @param kept a flow's two directions are carried by one thread, else by two, who meet
    private record Lanes(int queues, boolean kept) {
        @Override
        public String toString() {
            return queues + (kept ? "" : "x");
        }
    }

    private final double seconds;
    private final int rounds;

    private LockBench(double seconds, int rounds) {
        this.seconds = seconds;
        this.rounds = rounds;
    }

    /// @param args seconds of each measurement, rounds, connections at most
    public static void main(String[] args) throws Exception {
        var bench = new LockBench(args.length > 0 ? Double.parseDouble(args[0]) : 0.5,
                args.length > 1 ? Integer.parseInt(args[1]) : 5);
        int most = args.length > 2 ? Integer.parseInt(args[2]) : CONNECTIONS[CONNECTIONS.length - 1];
        Witness.mode(Witness.Mode.OFF);
        bench.rate(Work.Kind.ROUND_TRIP, TWO, 8, LockDiscipline.LAYERED);        // warm
        bench.rate(Work.Kind.CONNECT, TWO, 8, LockDiscipline.GIANT);
        bench.rate(Work.Kind.BULK, TWO, 8, LockDiscipline.LAYERED);
        bench.disciplines(most);
        bench.witness(ONE);
        bench.witness(TWO);
        bench.model();
        System.exit(0);
    }

    private void disciplines(int most) throws SocketException {
        System.out.printf(Locale.ROOT, "layered against giant, %d rounds of %.1f s each, per second, "
                + "median%n", rounds, seconds);
        System.out.println("what         queues  connections      layered        giant  ratio  spread");
        for (Work.Kind kind : Work.Kind.values()) {
            for (int queues = 1; queues <= Math.max(2, Runtime.getRuntime().availableProcessors());
                    queues *= 2) {
                for (int connections : CONNECTIONS) {
                    if (connections <= most) {
                        compare(kind, new Lanes(queues, true), connections);
                    }
                }
            }
            for (int connections : CONNECTIONS) {
                if (connections <= most) {
                    compare(kind, new Lanes(2, false), connections);
                }
            }
        }
    }

    private void compare(Work.Kind kind, Lanes lanes, int connections) throws SocketException {
        Map<LockDiscipline, double[]> rates = new EnumMap<>(LockDiscipline.class);
        for (int round = 0; round < rounds; round++) {
            for (LockDiscipline each : LockDiscipline.values()) {
                rates.computeIfAbsent(each, d -> new double[rounds])[round] =
                        rate(kind, lanes, connections, each);
            }
        }
        double layered = median(rates.get(LockDiscipline.LAYERED));
        double giant = median(rates.get(LockDiscipline.GIANT));
        System.out.printf(Locale.ROOT, "%-12s %6s %12d %,12.0f %,12.0f %6.2f %6.0f %%%n",
                kind.name().toLowerCase(Locale.ROOT).replace('_', ' '), lanes, connections, layered, giant,
                layered / giant, 100 * spread(rates.get(LockDiscipline.LAYERED)));
    }

    private double rate(Work.Kind kind, Lanes lanes, int connections, LockDiscipline discipline)
            throws SocketException {
        LockDiscipline.choose(discipline);
        Work work = null;
        try (var bench = new Bench(lanes.queues, lanes.kept, TcpConfig.DEFAULTS)) {
            work = new Work(kind, bench.client(), bench.server());
            work.start(connections);
            sleep(0.1 + connections * 0.00003);
            long before = work.done.sum();
            long fromNs = System.nanoTime();
            sleep(seconds);
            double rate = (work.done.sum() - before) * 1e9 / (System.nanoTime() - fromNs);
            work.end();
            return rate;
        } finally {
            if (work != null) {
                work.free();
            }
        }
    }

    private void witness(Lanes lanes) throws SocketException {
        double[][] rates = new double[Witness.Mode.values().length][rounds];
        List<Witness.Mode> modes = List.of(Witness.Mode.OFF, Witness.Mode.CONTESTED, Witness.Mode.ORDER,
                Witness.Mode.PROFILE);
        long taken = 0;
        for (int round = 0; round < rounds; round++) {
            for (Witness.Mode mode : modes) {
                Witness.mode(mode);
                Witness.reset();
                rates[mode.ordinal()][round] = rate(Work.Kind.ROUND_TRIP, lanes, 64,
                        LockDiscipline.LAYERED);
                if (mode == Witness.Mode.ORDER) {
                    taken = Witness.report().ranks().stream().mapToLong(each -> each.acquisitions()).sum();
                }
            }
        }
        Witness.mode(Witness.Mode.OFF);
        double off = median(rates[Witness.Mode.OFF.ordinal()]);
        double locksPerOp = taken / (median(rates[Witness.Mode.ORDER.ordinal()]) * (seconds + 0.1));
        double extraNs = pairNs(true) - pairNs(false);
        System.out.printf(Locale.ROOT, "%nthe witness, round trips with 64 connections on %s "
                + "queue(s), %.0f acquisitions each%n", lanes, locksPerOp);
        System.out.printf(Locale.ROOT, "%-10s %,12.0f per second; a pair takes %.2f ns more than that "
                + "of a bare ReentrantLock: %.2f %%%n", "off", off, extraNs,
                100 * extraNs * locksPerOp * off / 2e9);
        for (Witness.Mode mode : modes.subList(1, modes.size())) {
            double rate = median(rates[mode.ordinal()]);
            System.out.printf(Locale.ROOT, "%-10s %,12.0f per second, %.1f %% less%n", mode, rate,
                    100 * (1 - rate / off));
        }
    }

    /// A free lock taken and given up, in nanoseconds.
    private static double pairNs(boolean ranked) {
        double[] ns = new double[7];
        var bare = new ReentrantLock();
        LockDiscipline.choose(LockDiscipline.LAYERED);
        var lock = new RankedLock(LockRank.LEAF, "bench");
        for (int round = 0; round < ns.length; round++) {
            long fromNs = System.nanoTime();
            if (ranked) {
                pairs(lock);
            } else {
                pairs(bare);
            }
            ns[round] = (double) (System.nanoTime() - fromNs) / PAIRS;
        }
        return median(ns);
    }

    private static void pairs(RankedLock lock) {
        for (int i = 0; i < PAIRS; i++) {
            lock.lock();
            lock.unlock();
        }
    }

    private static void pairs(ReentrantLock lock) {
        for (int i = 0; i < PAIRS; i++) {
            lock.lock();
            lock.unlock();
        }
    }

    private void model() throws SocketException {
        System.out.printf("%nwhat more cores would make of it: a queueing model fed with measured holds; "
                + "* with what%ntwo threads were measured to cost each other put in%n");
        double emptyNs = emptyHoldNs();
        for (Work.Kind kind : List.of(Work.Kind.ROUND_TRIP, Work.Kind.CONNECT)) {
            model(kind, emptyNs);
        }
    }

    private void model(Work.Kind kind, double emptyNs) throws SocketException {
        int connections = 64;
        double one = median(rates(kind, ONE, connections, LockDiscipline.LAYERED));
        double two = median(rates(kind, TWO, connections, LockDiscipline.LAYERED));
        double giantOne = median(rates(kind, ONE, connections, LockDiscipline.GIANT));
        double giantTwo = median(rates(kind, TWO, connections, LockDiscipline.GIANT));
        Witness.mode(Witness.Mode.PROFILE);
        Witness.reset();
        double profiled = rate(kind, ONE, connections, LockDiscipline.LAYERED);
        long operations = (long) (profiled * (seconds + 0.1));
        List<LockSite> sites = Witness.report().sites();
        Witness.mode(Witness.Mode.OFF);
        Witness.reset();
        double heldNs = sites.stream().filter(each -> each.lock().startsWith("tcp"))
                .mapToDouble(each -> Math.max(0, each.holdNs() - emptyNs * each.acquisitions())).sum();
        // an operation that is timed takes longer; what it holds is the same share of it
        double scale = profiled / one;
        LockModel layered = LockModel.of(1e9 / one, sites, (long) (operations / scale), emptyNs);
        LockModel giant = LockModel.giant(1e9 / giantOne, heldNs / operations * scale);
        System.out.printf(Locale.ROOT, "%s, %d connections: %.0f ns each on one queue; times one thread%n",
                kind.name().toLowerCase(Locale.ROOT).replace('_', ' '), connections, 1e9 / one);
        System.out.println("threads   " + row("%8d", Arrays.stream(THREADS).boxed().toArray()));
        System.out.println(predicted("layered", layered, two / one));
        System.out.println(predicted("giant", giant, giantTwo / giantOne));
        System.out.println(predicted("layered*", layered.fittedTo(two / one), two / one));
        System.out.println(predicted("giant*", giant.fittedTo(giantTwo / giantOne), giantTwo / giantOne));
        System.out.println("binds first: " + layered.bottleneck());
        layered.shares().forEach(each -> System.out.println("  " + each));
    }

    private static String predicted(String name, LockModel model, double measured) {
        return "%-10s%s   measured with 2: %.2f".formatted(name,
                row("%8.2f", Arrays.stream(THREADS).mapToObj(model::speedup).toArray()), measured);
    }

    private double[] rates(Work.Kind kind, Lanes lanes, int connections, LockDiscipline discipline)
            throws SocketException {
        double[] rates = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            rates[i] = rate(kind, lanes, connections, discipline);
        }
        return rates;
    }

    /// What mode profile measures for a lock that is given up at once.
    private static double emptyHoldNs() {
        LockDiscipline.choose(LockDiscipline.LAYERED);
        Witness.mode(Witness.Mode.PROFILE);
        Witness.reset();
        var lock = new RankedLock(LockRank.LEAF, "empty");
        for (int i = 0; i < 300_000; i++) {
            if (i == 200_000) {
                Witness.reset();
            }
            lock.lock();
            lock.unlock();
        }
        LockSite site = Witness.report().sites().getFirst();
        Witness.mode(Witness.Mode.OFF);
        Witness.reset();
        return (double) site.holdNs() / site.acquisitions();
    }

    private static String row(String format, Object[] values) {
        var cells = new ArrayList<String>();
        for (Object each : values) {
            cells.add(String.format(Locale.ROOT, format, each));
        }
        return String.join("", cells);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double spread(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[sorted.length - 1] - sorted[0]) / median(values);
    }

    private static void sleep(double seconds) {
        try {
            Thread.sleep((long) (seconds * 1000));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
