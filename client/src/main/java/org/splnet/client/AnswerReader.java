package org.splnet.client;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;

/// Reads an answer and not one octet of the stream that follows it: so the descriptor is the socket from then
/// on, for a selector too.
///
/// As long as the last octets read are not the end of the head, at least the rest of that end must still
/// come; so much is read at a time, which is a few dozen short reads for the whole.
final class AnswerReader {
    private static final byte[] END = {'\r', '\n', '\r', '\n'};
    private static final int HEAD_LIMIT = 8192;
    private static final int BODY_LIMIT = 65536;

    private ByteBuffer buf = ByteBuffer.allocate(1024);
    private int matched;
    private Answer head;

    /// @param least octets that every good answer has
    AnswerReader(int least) {
        buf.limit(Math.max(least, END.length));
    }

    /// Reads what has come.
    ///
    /// @return the answer; null if it is not complete yet
    /// @throws IOException if it never will be
    Answer read(ReadableByteChannel from) throws IOException {
        while (true) {
            int start = buf.position();
            int n = from.read(buf);
            if (n < 0) {
                throw new EOFException("the daemon ended the connection before it answered");
            }
            if (head == null) {
                scan(start);
            }
            Answer complete = complete();
            if (complete != null || n == 0) {
                return complete;
            }
        }
    }

    private void scan(int start) throws IOException {
        int at = start;
        while (at < buf.position() && matched < END.length) {
            byte octet = buf.get(at++);
            matched = octet == END[matched] ? matched + 1 : octet == END[0] ? 1 : 0;
        }
        if (matched == END.length) {
            head = Answer.head(new String(buf.array(), 0, at, StandardCharsets.ISO_8859_1));
            int length = head.contentLength();
            if (length > BODY_LIMIT || buf.position() - at > length) {
                throw new IOException("the daemon's answer has " + length + " octets or more than it says");
            }
            ByteBuffer body = ByteBuffer.allocate(length);
            buf = body.put(buf.array(), at, buf.position() - at);
        } else if (!buf.hasRemaining()) {
            grow(END.length - matched);
        }
    }

    private void grow(int more) throws IOException {
        int limit = buf.limit() + more;
        if (limit > HEAD_LIMIT) {
            throw new IOException("the daemon's answer has a head of more than " + HEAD_LIMIT + " octets");
        }
        if (limit > buf.capacity()) {
            buf = ByteBuffer.allocate(HEAD_LIMIT).put(buf.flip());
        }
        buf.limit(limit);
    }

    private Answer complete() {
        return head == null || buf.hasRemaining() ? null
                : head.withBody(new String(buf.array(), StandardCharsets.UTF_8));
    }
}
