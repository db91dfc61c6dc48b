package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.splnet.conformance.Shows;
import org.splnet.kern.Entropy;
import org.splnet.kern.Labels;

/// Initial sequence numbers, states, configuration, window scales.
class SmallPartsTest {
    @Test
    @Shows({"MUST-8", "RFC6528-3"})
    void initialNumbersFollowTheClock() {                                  // MUST-8
        var iss = new IssGenerator(Entropy.seeded(1));
        int first = iss.next(0, 1, 80, 0, 2, 99, 0);
        assertThat(iss.next(0, 1, 80, 0, 2, 99, 4_000_000) - first).isEqualTo(1000);
        assertThat(iss.next(0, 1, 80, 0, 2, 99, 17_179_869_184_000L)).as("after 4.77 hours").isEqualTo(first);
    }

    @Test
    @Shows({"MUST-9", "SHLD-1", "RFC6528-3"})
    void initialNumbersOfDifferentConnectionsHaveNothingInCommon() {       // MUST-9, SHLD-1
        var iss = new IssGenerator(Entropy.seeded(1));
        var other = new IssGenerator(Entropy.seeded(2));
        Set<Integer> seen = new HashSet<>();
        for (int port = 0; port < 2000; port++) {
            seen.add(iss.next(0, 1, 80, 0, 2, port, 0));
            seen.add(other.next(0, 1, 80, 0, 2, port, 0));
            seen.add(iss.next(0, 1, port, 0, 2, 80, 0) ^ 1);
        }
        assertThat(seen.size()).isGreaterThan(5995);
    }

    @Test
    @Shows("EVENT-8")
    void statesHaveTheRfcsNames() {
        assertThat(TcpState.FIN_WAIT_1.label()).isEqualTo("FIN-WAIT-1");
        assertThat(TcpState.values()).hasSize(11);
    }

    @Test
    void statesChangeAsInFigure5() {
        int allowed = 0;
        for (TcpState from : TcpState.values()) {
            assertThat(from.canBecome(TcpState.CLOSED)).isTrue();
            assertThat(from.canBecome(TcpState.LISTEN)).isFalse();
            for (TcpState to : TcpState.values()) {
                allowed += to != TcpState.CLOSED && from.canBecome(to) ? 1 : 0;
            }
        }
        assertThat(allowed).isEqualTo(15);
    }

    @Test
    void configurationSaysWhatIsAllowed() {
        assertThatThrownBy(() -> Knobs.with("initialWindow", 65))
                .hasMessage("tcp.initial-window: 65 is not in 0..64");
        assertThatThrownBy(() -> Knobs.with("delayedAckNs", Drill.ms(500)))
                .hasMessageContaining("tcp.delayed-ack: 0.5 s is not in");
        assertThatThrownBy(() -> Knobs.with("ephemeralFirst", 60_000, "ephemeralLast", 50_000))
                .hasMessageContaining("tcp.ephemeral-last");
        assertThatThrownBy(() -> Knobs.with("initialRtoNs", Drill.ms(100)))
                .hasMessageContaining("tcp.initial-rto");
    }

    @Test
    @Shows("RFC7323-2.2")
    void theWindowScaleIsTheLeastThatReaches() {                           // RFC 7323 §2.2
        assertThat(ReceiveWindow.scaleFor(2048)).isZero();
        assertThat(ReceiveWindow.scaleFor(65_535)).isZero();
        assertThat(ReceiveWindow.scaleFor(65_536)).isEqualTo(1);
        assertThat(ReceiveWindow.scaleFor(4 << 20)).isEqualTo(7);
        assertThat(ReceiveWindow.scaleFor(1 << 30)).isEqualTo(14);
    }

    @Test
    void countersHaveLabels() {
        assertThat(Labels.of(TcpStats.Counter.FAST_RETRANSMITS)).isEqualTo("fast-retransmits");
    }
}
