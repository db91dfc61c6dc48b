package org.splnet.control;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// A Unix connection that asks for a socket and becomes it.
final class LentClient implements AutoCloseable {
    final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    int status;
    Map<String, String> fields;
    String body;

    LentClient(Path socket) throws IOException {
        channel.connect(UnixDomainSocketAddress.of(socket));
    }

    static LentClient connect(Path socket, String to, String... fields) throws IOException {
        LentClient client = new LentClient(socket);
        client.write("CONNECT " + to + " HTTP/1.1\r\nHost: x\r\n" + String.join("", fields) + "\r\n");
        return client.answered();
    }

    static LentClient post(Path socket, String path, String json) throws IOException {
        return new LentClient(socket).ask("POST", path, json);
    }

    /// Asks, and reads the answer's head, and its body if it has a length.
    LentClient ask(String method, String path, String json) throws IOException {
        write(method + " " + path + " HTTP/1.1\r\nHost: x\r\n"
                + (json == null ? "" : "Content-Length: " + json.length() + "\r\n") + "\r\n"
                + (json == null ? "" : json));
        return answered();
    }

    LentClient answered() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            head.append((char) (read(1)[0] & 0xff));
        }
        String[] lines = head.toString().split("\r\n");
        status = Integer.parseInt(lines[0].split(" ")[1]);
        fields = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            fields.put(lines[i].split(": ", 2)[0].toLowerCase(java.util.Locale.ROOT), lines[i].split(": ",
                    2)[1]);
        }
        body = new String(read(Integer.parseInt(fields.getOrDefault("content-length", "0"))),
                StandardCharsets.UTF_8);
        return this;
    }

    String id() {
        return fields.get("splnet-socket");
    }

    LentClient write(String text) throws IOException {
        return write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    LentClient write(byte[] octets) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(octets);
        while (left.hasRemaining()) {
            channel.write(left);
        }
        return this;
    }

    /// Exactly so many octets.
    byte[] read(int length) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(length);
        while (octets.hasRemaining()) {
            if (channel.read(octets) < 0) {
                throw new EOFException("after " + octets.position() + " of " + length);
            }
        }
        return octets.array();
    }

    /// A line without its end.
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (char c; (c = (char) read(1)[0]) != '\n'; ) {
            line.append(c);
        }
        return line.toString();
    }

    /// How many octets come before the end.
    long toTheEnd() throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(1 << 16);
        long n = 0;
        for (int r; (r = channel.read(octets)) >= 0; n += r) {
            octets.clear();
        }
        return n;
    }

    LentClient endsSending() throws IOException {
        channel.shutdownOutput();
        return this;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
