package org.splnet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.function.BiConsumer;
import org.splnet.kern.Deferred;
import org.splnet.kern.Race;
import org.splnet.socket.DatagramSocket;
import org.splnet.socket.ListenSocket;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketException;
import org.splnet.socket.SocketOptions;
import org.splnet.socket.StreamSocket;
import org.splnet.tcp.TcpConfig;
import org.splnet.wire.Cidr;
import org.splnet.wire.Endpoint;

/// Races through whole stacks, down to the link. See [StackRaceTest].
final class StackRaces {
    /// Two hosts and the link between them.
    abstract static class OnALink implements Race {
        static final long SECOND = 1_000_000_000L;
        final Sim sim = new Sim(1, SimParams.perfect(), 0, TcpConfig.DEFAULTS);

        OnALink() {
            sim.runTo(SECOND);
        }

        /// Packets go on, on the left host, as the input thread of its interfaces carries them.
        Step carrier() {
            return () -> {
                for (int i = 0; i < 4; i++) {
                    sim.left.poll(sim.nowNs());
                    sim.right.poll(sim.nowNs());
                }
            };
        }

        static void told(Step step) throws Exception {
            try {
                step.run();
            } catch (SocketException told) {
                assertThat(told.error()).isNotNull();
            }
        }

        /// After all is over nothing is left of any connection.
        @Override
        public void check() throws Exception {
            sim.left.tcp.shutdown(sim.nowNs());
            sim.right.tcp.shutdown(sim.nowNs());
            sim.runTo(sim.nowNs() + 10 * SECOND);
            assertThat(sim.left.tcp.connections()).isZero();
            assertThat(sim.right.tcp.connections()).isZero();
            assertThat(sim.left.tcp.receiveMemoryHeld()).isZero();
        }

        @Override
        public void close() {
            sim.close();
        }
    }

    /// The error that a datagram to oneself provokes comes while its sender closes.
    static final class OwnError extends OnALink {
        private static final Endpoint NOBODY = Endpoint.parse("10.0.0.1:9");
        private final DatagramSocket socket;
        private volatile int events;

        OwnError() throws SocketException {
            socket = sim.left.udp.bind(Endpoint.parse("10.0.0.1:5000"), SocketOptions.DEFAULTS);
            socket.connect(NOBODY);
            socket.listener(ready -> events |= ready);
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("sender", () -> told(() -> {
                for (int i = 0; i < 2; i++) {
                    socket.send(Unpooled.wrappedBuffer(new byte[10]), NOBODY);
                }
            }));
            cast.accept("carrier", carrier());
            cast.accept("closer", socket::close);
        }
    }

    /// A connection to oneself is closed on both ends and reset while its segments are on the way.
    static final class OwnConnection extends OnALink {
        private final ListenSocket listener;
        private final StreamSocket client;
        private final StreamSocket server;

        OwnConnection() throws SocketException {
            Endpoint here = Endpoint.parse("10.0.0.1:80");
            listener = sim.left.tcp.listen(here, 1, SocketOptions.DEFAULTS);
            client = sim.left.tcp.connect(null, here, SocketOptions.DEFAULTS);
            sim.settle();
            server = listener.accept();
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("client", () -> told(() -> {
                client.send(Unpooled.wrappedBuffer(new byte[10]));
                client.close();
            }));
            cast.accept("server", () -> told(() -> {
                server.await(Readiness.READABLE, SECOND);
                server.abort();
            }));
            cast.accept("carrier", carrier());
        }
    }

    /// The interface goes while packets wait for ARP and others are sent.
    static final class InterfaceRemoved extends OnALink {
        private StreamSocket held;
        private StreamSocket other;

        InterfaceRemoved() throws SocketException {
            held = sim.left.tcp.connect(null, Endpoint.parse("10.0.0.3:80"), SocketOptions.DEFAULTS);
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("sender", () -> told(() -> other =
                    sim.left.tcp.connect(null, Endpoint.parse("10.0.0.2:80"), SocketOptions.DEFAULTS)));
            cast.accept("remover", () -> {
                sim.left.links.detach(sim.left.nic, sim.nowNs());
                Deferred.run();
            });
            cast.accept("carrier", carrier());
        }

        @Override
        public void check() throws Exception {
            assertThat(sim.left.links.interfaces().byName("left")).isNull();
            assertThat(sim.left.nic.neighbors(sim.nowNs())).as("that hold packets")
                    .allMatch(each -> each.held() == 0);
            held.abort();
            if (other != null) {
                other.abort();
            }
            super.check();
        }
    }

    /// An address goes while connections are bound to it, send and receive.
    static final class AddressRemoved extends OnALink {
        private final StreamSocket client;
        private StreamSocket other;

        AddressRemoved() throws SocketException {
            sim.right.tcp.listen(Endpoint.parse("10.0.0.2:80"), 5, SocketOptions.DEFAULTS);
            client = sim.left.tcp.connect(null, Endpoint.parse("10.0.0.2:80"), SocketOptions.DEFAULTS);
            sim.runTo(sim.nowNs() + 100_000_000L);
            assertThat(client.state()).isEqualTo("ESTABLISHED");
        }

        @Override
        public void actors(BiConsumer<String, Step> cast) {
            cast.accept("sender", () -> told(() -> {
                client.send(Unpooled.wrappedBuffer(new byte[100]));
                other = sim.left.tcp.connect(null, Endpoint.parse("10.0.0.2:80"), SocketOptions.DEFAULTS);
            }));
            cast.accept("remover", () -> sim.left.nic.removeAddress(Cidr.parse("10.0.0.1/24")));
            cast.accept("carrier", carrier());
        }

        @Override
        public void check() throws Exception {
            assertThat(sim.left.nic.addresses()).isEmpty();
            super.check();
        }
    }

    private StackRaces() {
    }
}
