package org.splnet.service.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Metrics being collected for one answer. By one thread.
final class Families {
    private static final String PREFIX = "splnet_";

    private final Map<String, CounterSnapshot.Builder> counters = new LinkedHashMap<>();
    private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();
    private final List<InfoSnapshot> infos = new ArrayList<>();

    /// Adds a value of something that only grows.
    ///
    /// @param name without prefix and `_total`
    /// @param labels name, value, name, value, …
    void counter(String name, String help, double value, String... labels) {
        counters.computeIfAbsent(name, key -> CounterSnapshot.builder().name(PREFIX + key).help(help))
                .dataPoint(CounterDataPointSnapshot.builder().labels(Labels.of(labels)).value(value).build());
    }

    /// Adds a value of something that goes up and down.
    void gauge(String name, String help, double value, String... labels) {
        gauges.computeIfAbsent(name, key -> GaugeSnapshot.builder().name(PREFIX + key).help(help))
                .dataPoint(GaugeDataPointSnapshot.builder().labels(Labels.of(labels)).value(value).build());
    }

    /// Adds something that has labels and no value.
    void info(String name, String help, String... labels) {
        infos.add(InfoSnapshot.builder().name(PREFIX + name).help(help)
                .dataPoint(InfoDataPointSnapshot.builder().labels(Labels.of(labels)).build()).build());
    }

    MetricSnapshots all() {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        counters.values().forEach(each -> all.metricSnapshot(each.build()));
        gauges.values().forEach(each -> all.metricSnapshot(each.build()));
        infos.forEach(all::metricSnapshot);
        return all.build();
    }

    /// `octets-in` as a metric calls it: `bytes_in`.
    static String word(String label) {
        return label.replace("octets", "bytes").replace('-', '_');
    }
}
