package org.splnet.client;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The daemon's side of docs/sockets.md with the host's kernel as its stack, over loopback.
///
/// A thread per Unix connection, all of them virtual and blocking: written so as to be seen to be right.
final class MockDaemon implements Closeable {
    /// Done before an attach is answered.
    volatile Runnable beforeAttach = () -> { };
    /// Done before a datagram socket is made.
    volatile Runnable beforeDatagram = () -> { };
    /// Done before it is told why a connection broke.
    volatile Runnable beforeError = () -> { };
    /// A request.
    record Request(String method, String target, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.get(name);
        }
    }

    final Map<Long, String> errors = new ConcurrentHashMap<>();
    /// Of whose peers a FIN has come.
    final Set<Long> fins = ConcurrentHashMap.newKeySet();
    final Map<Long, MockOptions> options = new ConcurrentHashMap<>();
    final Map<Long, Socket> parked = new ConcurrentHashMap<>();
    final AtomicLong ids = new AtomicLong();
    /// Unix connections under way.
    final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    /// How often somebody asked for a socket's error.
    final AtomicInteger asked = new AtomicInteger();

    private final Path dir = Files.createTempDirectory("splnet-mock");
    private final Path path = dir.resolve("control.sock");
    private final ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);

    MockDaemon() throws IOException {
        this(0);
    }

    MockDaemon(int backlog) throws IOException {
        server.bind(UnixDomainSocketAddress.of(path), backlog);
        Thread.ofVirtual().start(this::accept);
    }

    Splnet splnet() {
        return Splnet.at(path);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel unix = server.accept();
                open.add(unix);
                Thread.ofVirtual().start(() -> serve(unix));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(SocketChannel unix) {
        try (unix) {
            InputStream in = Channels.newInputStream(unix);
            ServerSocket bound = null;
            while (true) {
                Request request = read(in);
                try {
                    String to = request.method + " " + request.target;
                    if (request.method.equals("CONNECT")) {
                        new MockStream(this, unix).connect(request, bound);
                        return;
                    } else if (to.startsWith("POST /v1/attach/")) {
                        beforeAttach.run();
                        new MockStream(this, unix).attach(id(request.target));
                        return;
                    } else if (to.equals("POST /v1/bind")) {
                        bound = MockListener.bind(request);
                        answer(unix, 200, Map.of("Splnet-Local", local(bound)), "");
                    } else if (to.equals("POST /v1/listen")) {
                        new MockListener(this, unix).listen(request, bound);
                        return;
                    } else if (to.equals("POST /v1/datagram")) {
                        beforeDatagram.run();
                        new MockDatagram(this, unix).open(request);
                        return;
                    } else {
                        answer(unix, 200, Map.of(), socket(request));
                    }
                } catch (MockError e) {
                    answer(unix, e.errno.equals("ENOENT") ? 404 : 502, Map.of(),
                            "{\"status\":502,\"detail\":\"" + e.getMessage()
                            + "\",\"errno\":\"" + e.errno + "\"}");
                }
            }
        } catch (EOFException e) {
            // the client has gone
        } catch (IOException e) {
            // broken, as it may be
        } finally {
            open.remove(unix);
        }
    }

    private String socket(Request request) throws IOException {
        String[] parts = request.target.split("/");
        long id = Long.parseLong(parts[3]);
        String what = parts.length > 4 ? parts[4] : "";
        if (what.equals("error")) {
            asked.incrementAndGet();
            beforeError.run();
            String errno = errors.remove(id);
            return "{\"errno\":" + (errno == null ? "null" : "\"" + errno + "\"")
                    + (fins.contains(id) ? ",\"fin\":true}" : "}");
        }
        MockOptions socket = options.get(id);
        if (socket == null) {
            throw new MockError("ENOENT", "no socket " + id);
        }
        if (what.equals("remote")) {
            socket.connect((String) FlatJson.read(request.body).get("remote"));
        } else if (request.method.equals("PUT")) {
            socket.set(FlatJson.read(request.body));
        } else if (request.method.equals("GET")) {
            return FlatJson.write(socket.get());
        }
        return "{}";
    }

    private static long id(String target) {
        return Long.parseLong(target.substring(target.lastIndexOf('/') + 1));
    }

    static String local(ServerSocket socket) throws IOException {
        return text(socket.getLocalSocketAddress());
    }

    /// As the protocol writes it, also if the kernel says that it is `::`.
    static String text(SocketAddress end) throws IOException {
        return EndPoint.format(EndPoint.checked(end));
    }

    static Request read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int octet = in.read();
            if (octet < 0) {
                throw new EOFException();
            }
            head.write(octet);
        }
        String[] lines = head.toString(StandardCharsets.ISO_8859_1).split("\r\n");
        String[] first = lines[0].split(" ");
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < lines.length; i++) {
            String[] header = lines[i].split(": ", 2);
            headers.put(header[0], header[1]);
        }
        int length = Integer.parseInt(headers.getOrDefault("Content-Length", "0"));
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        return new Request(first[0], first[1], headers, body);
    }

    static void answer(SocketChannel unix, int status, Map<String, String> headers, String body)
            throws IOException {
        StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " It\r\n");
        headers.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        if (!body.isEmpty()) {
            text.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        write(unix, (text + "\r\n" + body).getBytes(StandardCharsets.UTF_8));
    }

    static void write(SocketChannel unix, byte[] octets) throws IOException {
        OutputStream out = Channels.newOutputStream(unix);
        out.write(octets);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (SocketChannel unix : open) {
            unix.close();
        }
        Files.deleteIfExists(path);
        Files.delete(dir);
    }
}
