package org.splnet.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.splnet.tcp.DrillSetup.drill;

import java.util.function.BiConsumer;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.LocalEnd;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.wire.Endpoint;
import org.splnet.wire.TcpHeader;

/// Who want one port, see [RaceTest].
final class PortRaces {
    private PortRaces() {
    }

    /// Three want the same port, one of which gives it back, while a TIME-WAIT that has it ends.
    static final class SamePort extends DrillRace {
        private static final Endpoint HERE = new Endpoint(Drill.HOST, Drill.PORT);
        private final StreamSocket[] sockets = new StreamSocket[2];
        private TcpListener listener;

        SamePort() {
            super(drill().timeWait());
            drill.listener.close();
            late(Drill.s(3600));
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("one", tolerant(() -> sockets[0] = connect(1)));
            cast.accept("two", tolerant(() -> {
                sockets[1] = connect(2);
                sockets[1].abort();
            }));
            cast.accept("listener", tolerant(() ->
                    listener = (TcpListener) drill.tcp.listen(HERE, 5, SocketOptions.DEFAULTS)));
            cast.accept("timer", timers());
        }

        private StreamSocket connect(int port) throws SocketException {
            return drill.tcp.connect(HERE, new Endpoint(Drill.PEER, port), SocketOptions.DEFAULTS);
        }

        @Override
        public void check() throws Exception {
            int owners = (sockets[0] == null ? 0 : 1) + (listener == null ? 0 : 1);
            assertThat(owners).as("exclusive owners of one port").isLessThanOrEqualTo(1);
            assertThat(drill.tcp.ports.uses(Drill.HOST.hi(), Drill.HOST.lo(), Drill.PORT)).isEqualTo(owners);
            if (listener != null) {
                listener.close();
            }
            super.check();
        }
    }

    /// Two are bound to one port, one to any address, and both listen while a third binds (`SO_REUSEADDR`).
    static final class ListenTogether extends DrillRace {
        private static final SocketOptions SHARED = SocketOptions.DEFAULTS.withReuseAddress(true);
        private final Endpoint here = new Endpoint(Drill.HOST, Drill.PORT);
        private final LocalEnd[] bound = new LocalEnd[3];
        private final ListenSocket[] listeners = new ListenSocket[2];

        ListenTogether() throws SocketException {
            super(new Drill(drill()));
            bound[0] = drill.tcp.bind(Endpoint.parse("0.0.0.0:80"), SHARED);
            bound[1] = drill.tcp.bind(here, SHARED);
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("any", tolerant(() -> listeners[0] = drill.tcp.listenAt(bound[0], 1, SHARED)));
            cast.accept("here", tolerant(() -> listeners[1] = drill.tcp.listenAt(bound[1], 1, SHARED)));
            cast.accept("third", tolerant(() -> bound[2] = drill.tcp.bind(here, SHARED)));
        }

        @Override
        public void check() throws Exception {
            assertThat(listeners[0] == null ^ listeners[1] == null).as("one listens, not both").isTrue();
            (listeners[0] == null ? listeners[1] : listeners[0]).close();
            for (LocalEnd each : bound) {
                if (each != null) {
                    each.close();
                }
            }
            assertThat(Remains.of(drill.tcp, Drill.HOST).portUses()).isZero();
            super.check();
        }
    }

    /// One of two listeners that share a port ends while a connection comes to it.
    static final class OneOfTwoListeners extends DrillRace {
        private static final SocketOptions SHARED = SocketOptions.DEFAULTS.withReusePort(true);
        private final ListenSocket[] listeners = new ListenSocket[2];

        OneOfTwoListeners() throws SocketException {
            super(new Drill(drill()));
            for (int i = 0; i < 2; i++) {
                listeners[i] = drill.tcp.listen(new Endpoint(Drill.HOST, Drill.PORT), 1, SHARED);
            }
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("peer", arrival(Seg.syn().from(1), Seg.syn().from(2), Seg.syn().from(3)));
            cast.accept("closer", listeners[0]::close);
        }

        @Override
        public void check() throws Exception {
            boolean[] answered = new boolean[4];
            for (Seg seg; (seg = drill.peer.take()) != null; ) {
                assertThat(answered[seg.port] || (seg.flags & TcpHeader.SYN) != 0)
                        .as("refused although the other listens: %s", seg).isTrue();
                answered[seg.port] = true;
            }
            assertThat(answered).containsExactly(false, true, true, true);
            listeners[1].close();
            super.check();
        }
    }
}
