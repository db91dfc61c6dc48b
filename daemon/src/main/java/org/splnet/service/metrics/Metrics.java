package org.splnet.service.metrics;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.splnet.service.status.DaemonStatus;
import org.splnet.service.status.InterfaceStatus;
import org.splnet.service.status.LocksStatus;
import org.splnet.service.status.SocketStatus;
import org.splnet.service.status.StackSource;

/// The metrics of a stack. Any thread, holding nothing.
public final class Metrics {
    /// How they are written.
    public enum Format {
        /// The text format of Prometheus, version 0.0.4.
        PROMETHEUS(PrometheusTextFormatWriter.create()),
        /// OpenMetrics 1.0.0.
        OPENMETRICS(OpenMetricsTextFormatWriter.create());

        private final ExpositionFormatWriter writer;

        Format(ExpositionFormatWriter writer) {
            this.writer = writer;
        }

        /// The media type.
        public String type() {
            return writer.getContentType();
        }

        /// The format of that name; the first one for none.
        ///
        /// @throws IllegalArgumentException saying which there are
        public static Format of(String name) {
            for (Format each : values()) {
                if (name == null || each.toString().equals(name)) {
                    return each;
                }
            }
            throw new IllegalArgumentException("must be one of " + List.of(values()));
        }

        /// What a client takes that says `accept` (RFC 9110 §12.5.1): OpenMetrics only if it names it.
        public static Format accepted(String accept) {
            return accept != null && accept.toLowerCase(Locale.ROOT).contains("application/openmetrics-text")
                    ? OPENMETRICS : PROMETHEUS;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final double SECOND = 1e9;
    private static final double MILLI = 1e3;
    /// Groups of counters that belong to the stack; any other is a service.
    private static final Set<String> PROTOCOLS = Set.of("ip", "tcp", "udp");

    private final StackSource source;

    public Metrics(StackSource source) {
        this.source = source;
    }

    /// All of them as they are now.
    public byte[] text(Format format) {
        Families families = new Families();
        daemon(families, source.status());
        source.interfaces().forEach(each -> netIf(families, each));
        sockets(families, source.sockets());
        source.stats().forEach((group, counters) -> counters.forEach((name, count) ->
                counter(families, group, name, count)));
        locks(families, source.locks());
        machine(families);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            format.writer.write(out, families.all());
        } catch (IOException e) {
            throw new IllegalStateException("an array that cannot be written to", e);
        }
        return out.toByteArray();
    }

    private static void daemon(Families out, DaemonStatus status) {
        out.info("build", "The running version.", "version", status.version(), "java", status.java());
        out.gauge("uptime_seconds", "Time since the stack was started.", status.uptimeSeconds());
        out.gauge("callouts", "Callouts that are armed.", status.callouts());
        out.counter("faults", "Exceptions that no code expected.", status.faults());
        out.gauge("pool_used_bytes", "Packet memory that is in use.", status.directPinned());
        out.gauge("pool_reserved_bytes", "Packet memory that the pool has from the system.",
                status.directUsed());
    }

    private static void netIf(Families out, InterfaceStatus each) {
        String[] label = {"interface", each.name()};
        out.gauge("interface_up", "1 if the interface is up.", each.up() ? 1 : 0, label);
        out.gauge("interface_mtu_bytes", "Largest IP packet.", each.mtu(), label);
        each.counters().forEach((name, count) -> out.counter("interface_" + Families.word(name),
                "Of the interface: " + name + ".", count, label));
        for (int i = 0; i < each.queues().size(); i++) {
            String[] labels = {"interface", each.name(), "queue", Integer.toString(i)};
            each.queues().get(i).forEach((name, count) -> out.counter(
                    "interface_queue_" + Families.word(name),
                    "Of one queue of the interface's device: " + name + ".", count, labels));
        }
    }

    private static void sockets(Families out, List<SocketStatus> all) {
        Map<List<String>, long[]> sums = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        for (SocketStatus each : all) {
            long[] sum = sums.computeIfAbsent(List.of(each.protocol(), each.state()), key -> new long[3]);
            sum[0]++;
            if (!each.state().equals("LISTEN")) {           // there the queues are connections
                sum[1] += each.receiveQueue();
                sum[2] += each.sendQueue();
            }
        }
        sums.forEach((key, sum) -> {
            String[] labels = {"protocol", key.get(0), "state", key.get(1)};
            out.gauge("sockets", "Sockets by protocol and state.", sum[0], labels);
            out.gauge("socket_receive_queue_bytes", "Octets received and not read.", sum[1], labels);
            out.gauge("socket_send_queue_bytes", "Octets not sent or not acknowledged.", sum[2], labels);
        });
    }

    private static void counter(Families out, String group, String name, long count) {
        if (PROTOCOLS.contains(group)) {
            out.counter(group + "_" + Families.word(name), "Of " + group + ": " + name + ".", count);
        } else if (group.equals("drops")) {
            out.counter("drops", "Packets dropped, by reason.", count, "reason", name);
        } else if (name.equals("open")) {
            out.gauge("service_open", "Connections of the service that are open.", count, "service", group);
        } else {
            out.counter("service_" + Families.word(name), "Of the service: " + name + ".", count, "service",
                    group);
        }
    }

    private static void locks(Families out, LocksStatus locks) {
        out.counter("lock_violations", "Breaches of the lock rules that the witness has seen.",
                locks.violations());
        for (LocksStatus.Lock each : locks.ranks()) {
            String[] label = {"rank", each.rank()};
            out.counter("lock_acquisitions", "Locks taken, by rank.", each.acquisitions(), label);
            out.counter("lock_contentions", "Times that a lock was waited for.", each.contested(), label);
            out.counter("lock_wait_seconds", "Time that locks were waited for.", each.waitNs() / SECOND,
                    label);
            out.counter("lock_hold_seconds", "Time that locks were held; counted by the witness's mode"
                    + " profile.", each.holdNs() / SECOND, label);
        }
    }

    /// The virtual machine.
    private static void machine(Families out) {
        Runtime vm = Runtime.getRuntime();
        out.gauge("jvm_heap_used_bytes", "Heap in use.", vm.totalMemory() - vm.freeMemory());
        out.gauge("jvm_heap_max_bytes", "Heap there may be.", vm.maxMemory());
        out.gauge("jvm_threads", "Threads.", ManagementFactory.getThreadMXBean().getThreadCount());
        ManagementFactory.getGarbageCollectorMXBeans().forEach(each -> {
            out.counter("jvm_gc_collections", "Collections of garbage.", each.getCollectionCount(), "gc",
                    each.getName());
            out.counter("jvm_gc_seconds", "Time they took.", each.getCollectionTime() / MILLI, "gc",
                    each.getName());
        });
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean system) {
            out.counter("process_cpu_seconds", "Processor time of the process.",
                    Math.max(0, system.getProcessCpuTime()) / SECOND);
        }
    }
}
