package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.splnet.tcp.DrillSetup.drill;
import static org.splnet.tcp.Seg.ack;
import static org.splnet.tcp.Seg.syn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.splnet.NoLeaks;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.LocalEnd;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.wire.Endpoint;
import org.splnet.wire.TcpHeader;

/// Listeners that share a port, and those that do not: which pairs get on is [org.splnet.pcb.PortTable]'s.
@ExtendWith(NoLeaks.class)
class SharedPortTest {
    private static final SocketOptions SMALL = SocketOptions.DEFAULTS.withBuffers(4096, 4096);
    private static final SocketOptions ADDRESS = SMALL.withReuseAddress(true);
    private static final SocketOptions PORT = SMALL.withReusePort(true);
    private static final Endpoint ANY = Endpoint.parse("0.0.0.0:80");
    private static final Endpoint HERE = new Endpoint(Drill.HOST, Drill.PORT);
    private static final int MANY = 64;

    @Test
    void noneListensAtAnAddressOfAnothers() throws SocketException {
        for (Endpoint[] pair : new Endpoint[][] {{ANY, HERE}, {HERE, ANY}, {HERE, HERE}, {ANY, ANY}}) {
            try (Drill tcp = new Drill(drill())) {
                ListenSocket first = tcp.tcp.listen(pair[0], 1, ADDRESS);
                assertThatThrownBy(() -> tcp.tcp.bind(pair[1], ADDRESS)).hasMessageContaining("EADDRINUSE");
                assertThatThrownBy(() -> tcp.tcp.listen(pair[1], 1, ADDRESS))
                        .hasMessageContaining("EADDRINUSE");
                first.close();
                tcp.tcp.listen(pair[1], 1, ADDRESS).close();
            }
        }
    }

    @Test
    void ofSeveralThatAreBoundOneListensAtATime() throws SocketException {
        try (Drill tcp = new Drill(drill())) {
            LocalEnd any = tcp.tcp.bind(ANY, ADDRESS);
            LocalEnd here = tcp.tcp.bind(HERE, ADDRESS);
            ListenSocket first = tcp.tcp.listenAt(here, 1, ADDRESS);
            assertThatThrownBy(() -> tcp.tcp.listenAt(any, 1, ADDRESS)).hasMessageContaining("EADDRINUSE");
            first.close();
            ListenSocket second = tcp.tcp.listenAt(any, 1, ADDRESS);
            assertThat(second.local()).isEqualTo(ANY);
            second.close();
            any.close();
            here.close();
            assertThat(Remains.of(tcp.tcp, Drill.HOST).portUses()).isZero();
        }
    }

    @Test
    void whoCannotConnectToOneFarEndHasHisPortForAnother() throws SocketException {
        try (Drill tcp = new Drill(drill())) {
            Endpoint peer = new Endpoint(Drill.PEER, Seg.PEER_PORT);
            LocalEnd first = tcp.tcp.bind(HERE, ADDRESS);
            LocalEnd second = tcp.tcp.bind(HERE, ADDRESS);
            tcp.tcp.connectFrom(first, peer, ADDRESS);
            assertThatThrownBy(() -> tcp.tcp.connectFrom(second, peer, ADDRESS))
                    .hasMessageContaining("EADDRINUSE");
            assertThatThrownBy(() -> tcp.tcp.connect(HERE, peer, ADDRESS)).hasMessageContaining("EADDRINUSE");
            tcp.tcp.connectFrom(second, new Endpoint(Drill.PEER, 9), ADDRESS);
            tcp.tcp.shutdown(tcp.clock.nanoTime());
            assertThat(Remains.of(tcp.tcp, Drill.HOST).portUses()).isZero();
        }
    }

    @Test
    void aPortIsSharedWithOnesOwnOnly() throws SocketException {
        try (Drill tcp = new Drill(drill())) {
            ListenSocket first = tcp.tcp.listen(HERE, 1, PORT.withUser(1));
            assertThatThrownBy(() -> tcp.tcp.listen(HERE, 1, PORT.withUser(2)))
                    .hasMessageContaining("EADDRINUSE");
            tcp.tcp.listen(HERE, 1, PORT.withUser(1)).close();
            first.close();
        }
    }

    @Test
    void connectionsAreSpreadAndAFlowFindsItsListenerAgain() throws SocketException {
        try (Drill tcp = new Drill(drill())) {
            List<ListenSocket> all = listeners(tcp, 4);
            establish(tcp, 1, MANY);
            int[] queued = all.stream().mapToInt(ListenSocket::queued).toArray();
            assertThat(Arrays.stream(queued).sum()).isEqualTo(MANY);
            assertThat(Arrays.stream(queued).min().orElseThrow()).isGreaterThanOrEqualTo(MANY / 16);
            tcp.tcp.reset();
            establish(tcp, 1, MANY);
            assertThat(all.stream().mapToInt(ListenSocket::queued).toArray()).isEqualTo(queued);
            tcp.tcp.shutdown(tcp.clock.nanoTime());
            drain(tcp);
        }
    }

    @Test
    void whenOneEndsItsConnectionsAreResetAndTheOthersGoOn() throws SocketException {
        try (Drill tcp = new Drill(drill())) {
            List<ListenSocket> all = listeners(tcp, 3);
            establish(tcp, 1, MANY);
            int mine = all.get(1).queued();
            int others = MANY - mine;
            all.get(1).close();
            assertThat(drain(tcp)).as("its own connections, reset").hasSize(mine);
            assertThat(all.get(0).queued() + all.get(2).queued()).isEqualTo(others);
            establish(tcp, 1000, MANY);
            assertThat(all.get(0).queued() + all.get(2).queued()).isEqualTo(others + MANY);
            all.get(0).close();
            all.get(2).close();
            assertThat(drain(tcp)).hasSize(others + MANY);
            tcp.in(syn().from(7));
            assertThat(drain(tcp)).as("nobody listens any more").containsExactly(7);
            assertThat(Remains.of(tcp.tcp, Drill.HOST).portUses()).isZero();
        }
    }

    private static List<ListenSocket> listeners(Drill tcp, int count) throws SocketException {
        List<ListenSocket> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(tcp.tcp.listen(ANY, MANY * 2, PORT));
        }
        return all;
    }

    private static void establish(Drill tcp, int from, int count) {
        for (int port = from; port < from + count; port++) {
            tcp.in(syn().from(port));
            Seg answer = tcp.peer.take();
            assertThat(answer.flags & TcpHeader.SYN).as("%s", answer).isNotZero();
            tcp.in(ack(1).seq(1).from(port)).outNothing();
        }
    }

    /// To whom resets have gone.
    private static TreeSet<Integer> drain(Drill tcp) {
        TreeSet<Integer> ports = new TreeSet<>();
        for (Seg seg; (seg = tcp.peer.take()) != null; ) {
            assertThat(seg.flags & TcpHeader.RST).as("%s", seg).isNotZero();
            ports.add(seg.port);
        }
        return ports;
    }
}
