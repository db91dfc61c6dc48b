package org.splnet.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.util.Map;
import java.util.concurrent.LinkedBlockingDeque;

/// Requests about sockets, beside the sockets' own connections: on a few connections to the daemon that are
/// kept.
final class Control {
    private static final int IDLE_LIMIT = 4;

    /// Makes connections to the daemon.
    interface Opener {
        UnixStream open() throws IOException;
    }

    private final Opener opener;
    private final long limitNs;
    private final LinkedBlockingDeque<UnixStream> idle = new LinkedBlockingDeque<>(IDLE_LIMIT);

    Control(Opener opener, long limitNs) {
        this.opener = opener;
        this.limitNs = limitNs;
    }

    /// The text of a request.
    static String request(String method, String path, String body, Map<String, String> headers) {
        StringBuilder text = new StringBuilder(160).append(method).append(' ').append(path)
                .append(" HTTP/1.1\r\nHost: splnet\r\n");
        headers.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        if (!body.isEmpty()) {
            text.append("Content-Type: application/json\r\n");
        }
        if (!method.equals("GET") && !method.equals("CONNECT")) {
            text.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        return text.append("\r\n").append(body).toString();
    }

    /// The options of a socket.
    Map<String, Object> options(long socket) throws IOException {
        return FlatJson.read(exchange("GET", "/v1/sockets/" + socket + "/options", "").body());
    }

    /// Sets options of a socket, all or none.
    void options(long socket, Map<String, ?> options) throws IOException {
        exchange("PUT", "/v1/sockets/" + socket + "/options", FlatJson.write(options));
    }

    /// Asks for a socket's error, which is forgotten by that.
    Ending error(long socket) throws IOException {
        Answer answer = exchange("GET", "/v1/sockets/" + socket + "/error", "");
        Map<String, Object> said = FlatJson.read(answer.body());
        return new Ending((String) said.get("errno"), Boolean.TRUE.equals(said.get("fin")));
    }

    /// One request and its answer, which is a good one.
    Answer exchange(String method, String path, String body) throws IOException {
        String request = request(method, path, body, Map.of());
        UnixStream kept = idle.pollFirst();
        if (kept != null) {
            try {
                return exchange(kept, request);
            } catch (EOFException | StaleException e) {
                // The daemon has ended it meanwhile: a new one.
            }
        }
        return exchange(opener.open(), request);
    }

    private Answer exchange(UnixStream unix, String request) throws IOException {
        Answer answer;
        try {
            answer = unix.exchange(request, limitNs);
        } catch (IOException e) {
            unix.close();
            throw e instanceof EOFException || e instanceof ClosedChannelException
                    || e instanceof InterruptedIOException ? e : new StaleException(e);
        }
        boolean ends = "close".equalsIgnoreCase(answer.headers().get("Connection"));
        if (ends || !idle.offerFirst(unix)) {
            unix.close();
        }
        return answer.ok();
    }

    /// A connection that broke before the answer was there.
    @SuppressWarnings("serial") // never serialised
    private static final class StaleException extends IOException {
        StaleException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
