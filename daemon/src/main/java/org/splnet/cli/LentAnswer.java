package org.splnet.cli;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The answer after which a connection to the daemon is a socket: read to its last octet and no further,
/// since what follows is the stream.
final class LentAnswer {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([0-9]{3}) .*", Pattern.DOTALL);
    private static final Pattern LENGTH = Pattern.compile("(?i).*\r\ncontent-length: ([0-9]{1,6})\r\n.*",
            Pattern.DOTALL);
    private static final Pattern SOCKET = Pattern.compile("(?i).*\r\nsplnet-socket: ([0-9]{1,18})\r\n.*",
            Pattern.DOTALL);
    private static final Pattern LOCAL = Pattern.compile("(?i).*\r\nsplnet-local: ([0-9.:]{1,21})\r\n.*",
            Pattern.DOTALL);
    private static final String END = "\r\n\r\n";
    private static final int MOST = 16 << 10;

    private LentAnswer() {
    }

    static String head(SocketChannel channel) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith(END)) {
            if (head.length() == MOST) {
                throw new IOException("the answer is no answer of splnet's");
            }
            head.append((char) (octets(channel, 1)[0] & 0xff));
        }
        return head.toString();
    }

    static int status(String head) throws IOException {
        return Integer.parseInt(field(STATUS, head));
    }

    /// The number of the socket.
    static long socket(String head) throws IOException {
        return Long.parseLong(field(SOCKET, head));
    }

    /// Its own end.
    static String local(String head) throws IOException {
        return field(LOCAL, head);
    }

    private static String field(Pattern name, String head) throws IOException {
        Matcher m = name.matcher(head);
        if (!m.matches()) {
            throw new IOException("the answer is no answer of splnet's");
        }
        return m.group(1);
    }

    static byte[] body(SocketChannel channel, String head) throws IOException {
        Matcher m = LENGTH.matcher(head);
        return octets(channel, m.matches() ? Integer.parseInt(m.group(1)) : 0);
    }

    private static byte[] octets(SocketChannel channel, int length) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(length);
        while (all.hasRemaining()) {
            if (channel.read(all) < 0) {
                throw new EOFException("the answer is broken off: did the daemon end?");
            }
        }
        return all.array();
    }
}
