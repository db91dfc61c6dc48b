package org.splnet.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// What a command asks, as a daemon of the tests reads it.
final class Question {
    private Question() {
    }

    /// The whole request; a body is JSON.
    static String read(SocketChannel client) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(8192);
        String text;
        do {
            client.read(request);
            text = new String(request.array(), 0, request.position(), StandardCharsets.UTF_8);
        } while (!text.contains("\r\n\r\n") || text.matches("(?s)P(U|OS)T.*") && !text.endsWith("}"));
        return text;
    }
}
