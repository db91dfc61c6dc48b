package org.splnet.client;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import jdk.net.ExtendedSocketOptions;

/// The options of a socket of the kernel, by the names that the protocol has for them.
final class MockOptions {
    private static final Map<String, SocketOption<?>> NAMES = Map.ofEntries(
            Map.entry("TCP_NODELAY", StandardSocketOptions.TCP_NODELAY),
            Map.entry("SO_KEEPALIVE", StandardSocketOptions.SO_KEEPALIVE),
            Map.entry("SO_REUSEADDR", StandardSocketOptions.SO_REUSEADDR),
            Map.entry("SO_REUSEPORT", StandardSocketOptions.SO_REUSEPORT),
            Map.entry("SO_BROADCAST", StandardSocketOptions.SO_BROADCAST),
            Map.entry("SO_LINGER", StandardSocketOptions.SO_LINGER),
            Map.entry("SO_SNDBUF", StandardSocketOptions.SO_SNDBUF),
            Map.entry("SO_RCVBUF", StandardSocketOptions.SO_RCVBUF),
            Map.entry("IP_TOS", StandardSocketOptions.IP_TOS),
            Map.entry("TCP_KEEPIDLE", ExtendedSocketOptions.TCP_KEEPIDLE),
            Map.entry("TCP_KEEPINTVL", ExtendedSocketOptions.TCP_KEEPINTERVAL),
            Map.entry("TCP_KEEPCNT", ExtendedSocketOptions.TCP_KEEPCOUNT));

    /// Fair: Java connects a datagram socket when nobody receives, and whoever receives again and again would
    /// leave no such time on a busy machine.
    final ReentrantLock receiving = new ReentrantLock(true);

    private final Kind socket;
    private volatile Object congestion = "";     // kept and no more

    /// What the three kinds of sockets have in common, though no type says so.
    private interface Kind {
        <T> void set(SocketOption<T> option, T value) throws IOException;

        <T> T get(SocketOption<T> option) throws IOException;

        boolean has(SocketOption<?> option);

        default void connect(String remote) throws IOException {
            throw new MockError("EINVAL", "no datagram socket");
        }
    }

    MockOptions(Socket stream) {
        socket = new Kind() {
            @Override
            public <T> void set(SocketOption<T> option, T value) throws IOException {
                stream.setOption(option, value);
            }

            @Override
            public <T> T get(SocketOption<T> option) throws IOException {
                return stream.getOption(option);
            }

            @Override
            public boolean has(SocketOption<?> option) {
                return stream.supportedOptions().contains(option);
            }
        };
    }

    MockOptions(ServerSocket listener) {
        socket = new Kind() {
            @Override
            public <T> void set(SocketOption<T> option, T value) throws IOException {
                listener.setOption(option, value);
            }

            @Override
            public <T> T get(SocketOption<T> option) throws IOException {
                return listener.getOption(option);
            }

            @Override
            public boolean has(SocketOption<?> option) {
                return listener.supportedOptions().contains(option);
            }
        };
    }

    MockOptions(DatagramSocket datagram) {
        socket = new Kind() {
            @Override
            public <T> void set(SocketOption<T> option, T value) throws IOException {
                datagram.setOption(option, value);
            }

            @Override
            public <T> T get(SocketOption<T> option) throws IOException {
                return datagram.getOption(option);
            }

            @Override
            public boolean has(SocketOption<?> option) {
                return datagram.supportedOptions().contains(option);
            }

            @Override
            public void connect(String remote) throws IOException {
                if (remote == null) {
                    datagram.disconnect();
                } else {
                    datagram.connect(EndPoint.parse(remote));
                }
            }
        };
    }

    void connect(String remote) throws IOException {
        receiving.lock();
        try {
            socket.connect(remote);
        } finally {
            receiving.unlock();
        }
    }

    @SuppressWarnings("unchecked")
    void set(Map<String, Object> values) throws IOException {
        for (Map.Entry<String, Object> each : values.entrySet()) {
            if (each.getKey().equals("TCP_CONGESTION")) {
                congestion = each.getValue();
                continue;
            }
            SocketOption<?> option = NAMES.get(each.getKey());
            if (option == null || !(each.getValue() instanceof Long number)) {
                throw new MockError("ENOPROTOOPT", each.toString());
            }
            if (!socket.has(option)) {
                continue; // the stack's listeners have more than the kernel's have in Java
            }
            if (option.type() == Boolean.class) {
                socket.set((SocketOption<Boolean>) option, number != 0);
            } else {
                socket.set((SocketOption<Integer>) option, number.intValue());
            }
        }
    }

    Map<String, Object> get() throws IOException {
        // what is the stack's own affair as long as nobody sets it
        Map<String, Object> all = new LinkedHashMap<>(Map.of("TCP_CONGESTION", congestion, "TCP_LINGER2", 0,
                "TCP_MAXSEG", 0, "IP_TTL", 0));
        for (Map.Entry<String, SocketOption<?>> each : NAMES.entrySet()) {
            if (socket.has(each.getValue())) {
                Object value = socket.get(each.getValue());
                all.put(each.getKey(), value instanceof Boolean on ? (on ? 1 : 0) : value);
            }
        }
        return all;
    }
}
