package org.splnet.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A client that sends octets as they come.
public final class Client implements AutoCloseable {
    private final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);

    Client(Path socket) throws IOException {
        channel.connect(UnixDomainSocketAddress.of(socket));
    }

    /// What comes in answer to `request`.
    public static String ask(Path socket, String request) throws IOException {
        try (Client client = new Client(socket)) {
            return client.send(request).rest();
        }
    }

    /// @param body of one octet per character; null for none
    public static String request(String line, String body) {
        String head = line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
        return body == null ? head + "\r\n" : head + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /// A request without a body, after which the connection goes on.
    static String persistent(String line) {
        return line + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }

    Client send(String text) throws IOException {
        ByteBuffer octets = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (octets.hasRemaining()) {
            channel.write(octets);
        }
        return this;
    }

    Client endsSending() throws IOException {
        channel.shutdownOutput();
        return this;
    }

    /// Everything until the server ends its side.
    String rest() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteBuffer octets = ByteBuffer.allocate(4096);
        while (channel.read(octets) >= 0) {
            out.write(octets.array(), 0, octets.position());
            octets.clear();
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
