package org.splnet.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.splnet.service.metrics.Metrics.Format;
import org.splnet.service.status.FakeSource;

/// The metrics as a scraper reads them.
class MetricsTest {
    private static String text(Format format) {
        return new String(new Metrics(new FakeSource()).text(format), StandardCharsets.UTF_8);
    }

    @Test
    void showsWhatTheSourceHas() {
        assertThat(text(Format.PROMETHEUS).lines()).contains(
                "# TYPE splnet_tcp_segments_in_total counter",
                "splnet_tcp_segments_in_total 5.0",
                "splnet_interface_in_packets_total{interface=\"tap<0>\"} 12.0",
                "splnet_interface_queue_in_packets_total{interface=\"tap<0>\",queue=\"1\"} 7.0",
                "splnet_interface_up{interface=\"tap<0>\"} 1.0",
                "splnet_sockets{protocol=\"tcp\",state=\"LISTEN\"} 1.0",
                "splnet_socket_send_queue_bytes{protocol=\"tcp\",state=\"LISTEN\"} 0.0",
                "splnet_lock_acquisitions_total{rank=\"LEAF\"} 10.0",
                "splnet_lock_wait_seconds_total{rank=\"LEAF\"} 2.0E-6",
                "splnet_service_nothing_total{service=\"quiet\"} 0.0",
                "splnet_callouts 4.0",
                "splnet_pool_reserved_bytes 3145728.0",
                "splnet_pool_used_bytes 524288.0",
                "splnet_build_info{java=\"25\",version=\"0.1\"} 1")
                .anyMatch(line -> line.startsWith("splnet_jvm_heap_used_bytes "))
                .anyMatch(line -> line.startsWith("splnet_jvm_gc_seconds_total{gc="));
    }

    /// A family is declared once, with its help, before its samples; no sample is there twice.
    @ParameterizedTest
    @EnumSource
    void isWellFormed(Format format) {
        Set<String> types = new HashSet<>();
        Set<String> samples = new HashSet<>();
        text(format).lines().forEach(line -> {
            if (line.startsWith("# TYPE ")) {
                assertThat(types.add(line.split(" ")[2])).as(line).isTrue();
            } else if (!line.startsWith("#")) {
                assertThat(line).matches("splnet_[a-z0-9_]+(\\{[a-z_]+=\".*\"})? [-+0-9.E]+");
                assertThat(samples.add(line.substring(0, line.lastIndexOf(' ')))).as(line).isTrue();
            }
        });
        assertThat(types).hasSizeGreaterThan(20);
        assertThat(samples).hasSizeGreaterThanOrEqualTo(types.size());
    }

    @Test
    void aScraperIsGivenWhatItAsksFor() {
        assertThat(Format.accepted(null)).isEqualTo(Format.PROMETHEUS);
        assertThat(Format.accepted("text/plain")).isEqualTo(Format.PROMETHEUS);
        assertThat(Format.accepted("application/openmetrics-text;version=1.0.0,text/plain;q=0.5"))
                .isEqualTo(Format.OPENMETRICS);
    }

    @Test
    void namesHaveBaseUnits() {
        assertThat(Families.word("octets-in")).isEqualTo("bytes_in");
        assertThat(Families.word("out-octets")).isEqualTo("out_bytes");
    }
}
