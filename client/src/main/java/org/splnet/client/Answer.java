package org.splnet.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;

/// The daemon's answer to a request.
///
/// @param status the HTTP status
/// @param headers by name, without regard to case
/// @param body empty if there is none
record Answer(int status, Map<String, String> headers, String body) {
    /// The head, from the status line to the empty line.
    ///
    /// @throws IOException if it is not HTTP/1.1
    static Answer head(String text) throws IOException {
        String[] lines = text.split("\r\n", -1);
        if (!lines[0].matches("HTTP/1\\.1 [1-5][0-9]{2}( .*)?")) {
            throw new IOException("what answers is not splnet: " + lines[0]);
        }
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.put(lines[i].substring(0, colon), lines[i].substring(colon + 1).strip());
            }
        }
        return new Answer(Integer.parseInt(lines[0].substring(9, 12)), headers, "");
    }

    /// How long the body is.
    int contentLength() throws IOException {
        String length = headers.getOrDefault("Content-Length", "0");
        if (!length.matches("[0-9]{1,6}")) {
            throw new IOException("the daemon's answer has Content-Length " + length);
        }
        return Integer.parseInt(length);
    }

    Answer withBody(String text) {
        return new Answer(status, headers, text);
    }

    /// This answer if it says that all went well.
    ///
    /// @throws IOException what `java.net` throws in this case
    Answer ok() throws IOException {
        if (status / 100 == 2) {
            return this;
        }
        Map<String, Object> problem = body.startsWith("{") ? FlatJson.read(body) : Map.of();
        String detail = String.valueOf(problem.getOrDefault("detail", "status " + status));
        if (status == 404) {
            throw new GoneException(detail);
        }
        throw Errno.exception(problem.get("errno") instanceof String name ? name : null, detail);
    }

    /// The socket's number; 0 if the answer has none.
    long socket() throws IOException {
        String id = headers.getOrDefault("Splnet-Socket", "0");
        if (!id.matches("[0-9]{1,18}")) {
            throw new IOException("the daemon's answer has Splnet-Socket " + id);
        }
        return Long.parseLong(id);
    }

    /// Our end.
    InetSocketAddress local() throws IOException {
        return end("Splnet-Local");
    }

    /// The other end.
    InetSocketAddress remote() throws IOException {
        return end("Splnet-Remote");
    }

    private InetSocketAddress end(String header) throws IOException {
        String text = headers.get(header);
        if (text == null) {
            throw new IOException("the daemon's answer lacks " + header);
        }
        return EndPoint.parse(text);
    }
}
