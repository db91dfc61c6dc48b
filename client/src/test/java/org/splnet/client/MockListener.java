package org.splnet.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.splnet.client.MockDaemon.Request;

/// A Unix connection that becomes a listener.
final class MockListener {
    private final MockDaemon daemon;
    private final SocketChannel unix;
    private final Set<Long> claimed = ConcurrentHashMap.newKeySet();

    MockListener(MockDaemon daemon, SocketChannel unix) {
        this.daemon = daemon;
        this.unix = unix;
    }

    /// The mock holds an address by a listener, which listens from then on.
    static ServerSocket bind(Request request) throws IOException {
        Map<String, Object> members = FlatJson.read(request.body());
        ServerSocket socket = new ServerSocket();
        try {
            socket.bind(EndPoint.parse((String) members.get("local")), 1024);
            return socket;
        } catch (IOException e) {
            throw MockError.of(e);
        }
    }

    void listen(Request request, ServerSocket bound) throws IOException {
        ServerSocket listener = bound != null ? bound : bind(request);
        long id = daemon.ids.incrementAndGet();
        daemon.options.put(id, new MockOptions(listener));
        MockDaemon.answer(unix, 200, Map.of("Splnet-Socket", Long.toString(id),
                "Splnet-Local", MockDaemon.local(listener)), "");
        boolean resets = request.body().contains("\"SO_LINGER\":0");
        Thread announcing = Thread.ofVirtual().start(() -> announce(listener, resets));
        try (listener) {
            var lines = new BufferedReader(new InputStreamReader(Channels.newInputStream(unix),
                    StandardCharsets.US_ASCII));
            for (String line; (line = lines.readLine()) != null; ) {
                claimed.add(Long.parseLong(line));
            }
        } finally {
            await(announcing);
            daemon.options.remove(id);
        }
    }

    /// A closed listener goes on to listen until the virtual thread that accepts has come back from it.
    private static void await(Thread announcing) throws InterruptedIOException {
        try {
            announcing.join();
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    /// @param resets what the kernel's sockets would inherit, if Java let a listener have it
    private void announce(ServerSocket listener, boolean resets) {
        Set<Long> mine = new HashSet<>();
        try {
            while (true) {
                Socket accepted = listener.accept();
                accepted.setSoLinger(resets, 0);
                long id = daemon.ids.incrementAndGet();
                daemon.parked.put(id, accepted);
                mine.add(id);
                String line = "{\"socket\":" + id + ",\"local\":\""
                        + MockDaemon.text(accepted.getLocalSocketAddress()) + "\",\"remote\":\""
                        + MockDaemon.text(accepted.getRemoteSocketAddress()) + "\"}\n";
                MockDaemon.write(unix, line.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            for (long id : mine) {
                if (!claimed.contains(id)) {
                    reset(daemon.parked.remove(id));
                }
            }
        }
    }

    private static void reset(Socket socket) {
        try {
            if (socket != null) {
                socket.setSoLinger(true, 0);
                socket.close();
            }
        } catch (IOException e) {
            // gone
        }
    }
}
