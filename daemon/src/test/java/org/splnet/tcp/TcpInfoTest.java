package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.fin;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.conformance.Shows;

/// STATUS of RFC 9293 §3.10.6 calls the states what RFC 9293 §3.3.2 calls them.
@ExtendWith(NoLeaks.class)
class TcpInfoTest {
    private static final List<String> RFC = List.of("LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED",
            "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT", "CLOSED");

    private static final Map<String, Supplier<Drill>> WAYS = new TreeMap<>(Map.of(
            "LISTEN", () -> drill().listening(),
            "SYN-SENT", () -> drill().synSent(),
            "SYN-RECEIVED", () -> drill().synReceived(),
            "ESTABLISHED", () -> drill().accepted(),
            "FIN-WAIT-1", () -> drill().finWait1(),
            "FIN-WAIT-2", () -> drill().finWait2(),
            "CLOSE-WAIT", () -> drill().closeWait(),
            "CLOSING", () -> drill().closing(),
            "LAST-ACK", () -> drill().lastAck(),
            "TIME-WAIT", () -> drill().timeWait()));

    @Test
    void thereAreElevenStates() {
        assertThat(Arrays.stream(TcpState.values()).map(TcpState::label))
                .containsExactlyInAnyOrderElementsOf(RFC);
    }

    @Test
    @Shows("EVENT-8")
    void eachStateThatCanBeSeenHasItsName() {
        assertThat(WAYS.keySet()).as("a closed connection is fictional: there is nothing to list")
                .containsExactlyInAnyOrderElementsOf(RFC.subList(0, 10));
        WAYS.forEach((name, way) -> {
            try (Drill tcp = way.get()) {
                assertThat(tcp.tcp.infos()).extracting(TcpInfo::state).as(name).contains(name);
            }
        });
    }

    @Test
    void aSimultaneousOpenIsInSynReceivedToo() {
        try (Drill tcp = drill().simultaneous()) {
            assertThat(tcp.tcp.infos()).extracting(TcpInfo::state).containsExactly("SYN-RECEIVED");
        }
    }

    @Test
    void whatIsOverIsNotListedAndItsSocketIsClosed() {
        try (Drill tcp = drill().connected()) {
            tcp.abort();
            tcp.peer.take();
            assertThat(tcp.tcp.infos()).isEmpty();
            assertThat(tcp.socket.state()).isEqualTo("CLOSED");
        }
    }

    @Test
    void saysWhetherItsUserHasClosedIt() {
        try (Drill tcp = drill().connected()) {
            tcp.closes().out(fin(1));
            assertThat(tcp.tcp.infos()).singleElement().satisfies(info -> {
                assertThat(info.state()).isEqualTo("FIN-WAIT-1");
                assertThat(info.closed()).isTrue();
            });
        }
    }
}
