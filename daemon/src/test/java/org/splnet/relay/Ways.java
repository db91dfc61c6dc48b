package org.splnet.relay;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.splnet.service.status.RelayStatus;
import org.splnet.socket.ListenSocket;

/// Relays of every kind between one stack and the host, each with somebody listening behind it.
final class Ways implements AutoCloseable {
    /// One relay with its two ends.
    enum Kind { PUBLISH_TCP, PUBLISH_UNIX, FORWARD_TCP, FORWARD_UNIX }

    /// Both ends of one connection through a relay.
    record Pair(End client, End server) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            client.close();
            server.close();
        }
    }

    static final long SECOND = 1_000_000_000L;
    private static final long CONNECT_NS = 20 * SECOND;

    final LiveStack stack = new LiveStack();
    final Relays relays;
    private final Path dir;
    private final List<Closeable> open = new ArrayList<>();
    private int files;

    Ways(Path dir) {
        this(dir, java.net.InetAddress::getAllByName);
    }

    Ways(Path dir, Names.Lookup lookup) {
        this.dir = dir;
        this.relays = new Relays(stack.context, lookup, SelectorProvider.provider());
    }

    /// A relay and who listens behind it.
    record Way(RelayStatus relay, ListenSocket inStack, ServerSocketChannel onHost) {
        Pair connect(LiveStack stack) throws Exception {
            if (onHost != null) {
                End client = new End.OfStack(stack.connect(relay.listen()));
                return new Pair(client, new End.OfHost(onHost.accept()));
            }
            End client = End.connect(relay.listen());
            return new Pair(client, new End.OfStack(LiveStack.accept(inStack)));
        }
    }

    Way open(Kind kind) throws Exception {
        return open(kind, 100, 60 * SECOND, false);
    }

    Way open(Kind kind, int most, long idleNs, boolean proxy) throws Exception {
        return switch (kind) {
            case PUBLISH_TCP, PUBLISH_UNIX -> {
                ServerSocketChannel server = kind == Kind.PUBLISH_TCP ? ServerSocketChannel.open()
                        .bind(new InetSocketAddress("127.0.0.1", 0)) : unix();
                open.add(server);
                String to = server.getLocalAddress() instanceof InetSocketAddress tcp
                        ? "tcp://127.0.0.1:" + tcp.getPort() : "unix://" + server.getLocalAddress();
                yield new Way(relays.open(new PublishConfig("tcp://127.0.0.1:0", to, proxy, most,
                        CONNECT_NS, idleNs, SECOND), false), null, server);
            }
            case FORWARD_TCP, FORWARD_UNIX -> {
                ListenSocket server = stack.listen();
                open.add(server::close);
                String listen = kind == Kind.FORWARD_TCP ? "tcp://127.0.0.1:0" : "unix://" + file();
                yield new Way(relays.open(new ForwardConfig(listen, "tcp://" + server.local(), most,
                        CONNECT_NS, idleNs, SECOND), false), server, null);
            }
        };
    }

    Path file() {
        return dir.resolve("s" + files++);
    }

    private ServerSocketChannel unix() throws Exception {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(file()));
    }

    RelayStatus status(RelayStatus relay) {
        return relays.list().stream().filter(each -> each.id() == relay.id()).findFirst().orElseThrow();
    }

    @Override
    public void close() throws IOException {
        relays.close();
        for (Closeable each : open) {
            each.close();
        }
        stack.close();
    }
}
