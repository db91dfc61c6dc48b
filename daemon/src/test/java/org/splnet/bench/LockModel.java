package org.splnet.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.splnet.kern.LockSite;

/// What the locks would cost with more threads than there are cores here: a closed queueing network, as
/// many customers as threads, each of which thinks (works without a lock that others want) and visits the
/// locks that all threads share; solved exactly by mean value analysis (Reiser and Lavenberg, 1980). A
/// connection's lock and a transmit queue's are not among them: each belongs to a flow or to a queue.
///
/// @param oneNs what an operation was measured to take with one thread
/// @param workNs what it takes if no other thread wants a lock, locks included
/// @param demandNs for each shared lock, how long an operation holds it altogether
record LockModel(double oneNs, double workNs, Map<String, Double> demandNs) {
    private static final Set<String> PRIVATE = Set.of("tcp connection", "udp socket", "transmit queue");

    /// @param emptyNs what is measured for a lock that is given up at once: the price of measuring
    static LockModel of(double workNs, List<LockSite> sites, long operations, double emptyNs) {
        var demand = new TreeMap<String, Double>();
        for (LockSite site : sites) {
            if (!PRIVATE.contains(site.lock())) {
                double holdNs = Math.max(0, site.holdNs() - emptyNs * site.acquisitions());
                demand.merge(site.lock(), holdNs / operations, Double::sum);
            }
        }
        return new LockModel(workNs, workNs, demand);
    }

    /// One lock for all: whatever is done under any lock is done under that.
    ///
    /// @param heldNs how long an operation holds at least one lock
    static LockModel giant(double workNs, double heldNs) {
        return new LockModel(workNs, workNs, Map.of("giant", Math.min(workNs, heldNs)));
    }

    /// With what the model does not know put in, so that two threads come out as they were measured: caches
    /// and memory that threads share make all work dearer; a lock that goes from thread to thread is held for
    /// longer than one that stays. The latter is assumed where locks are a tenth of the work or more.
    LockModel fittedTo(double measured) {
        double fixed = demandNs.values().stream().mapToDouble(Double::doubleValue).sum();
        boolean locks = fixed > workNs / 10;
        double low = 1;
        double high = 64;
        for (int i = 0; i < 60; i++) {
            double factor = (low + high) / 2;
            if (dearer(locks, factor).speedup(2) > measured) {
                low = factor;
            } else {
                high = factor;
            }
        }
        return dearer(locks, low);
    }

    private LockModel dearer(boolean locks, double factor) {
        var demand = new TreeMap<String, Double>();
        double more = 0;
        for (Map.Entry<String, Double> each : demandNs.entrySet()) {
            double ns = each.getValue() * (locks ? factor : 1);
            more += ns - each.getValue();
            demand.put(each.getKey(), ns);
        }
        return new LockModel(oneNs, locks ? workNs + more : workNs * factor, demand);
    }

    /// How many times as many operations per second as one thread does.
    double speedup(int threads) {
        double[] demand = demandNs.values().stream().mapToDouble(Double::doubleValue).toArray();
        double thinkNs = Math.max(0, workNs - java.util.Arrays.stream(demand).sum());
        double[] queue = new double[demand.length];
        double perNs = 0;
        for (int n = 1; n <= threads; n++) {
            double[] residence = new double[demand.length];
            double cycle = thinkNs;
            for (int i = 0; i < demand.length; i++) {
                residence[i] = demand[i] * (1 + queue[i]);
                cycle += residence[i];
            }
            perNs = n / cycle;
            for (int i = 0; i < demand.length; i++) {
                queue[i] = perNs * residence[i];
            }
        }
        return perNs * oneNs;
    }

    /// Which one would bind first, and at which speedup.
    String bottleneck() {
        return demandNs.entrySet().stream().max(Map.Entry.comparingByValue())
                .filter(most -> most.getValue() > 0)
                .map(most -> "%s (%.0f ns of %.0f an operation: at most %.0f times one thread)".formatted(
                        most.getKey(), most.getValue(), workNs, workNs / most.getValue()))
                .orElse("none");
    }

    /// The shared locks, most wanted first.
    List<String> shares() {
        var lines = new ArrayList<String>();
        demandNs.entrySet().stream().sorted(Map.Entry.<String, Double>comparingByValue(
                Comparator.reverseOrder())).forEach(each ->
                lines.add("%-18s %8.1f ns".formatted(each.getKey(), each.getValue())));
        return lines;
    }
}
