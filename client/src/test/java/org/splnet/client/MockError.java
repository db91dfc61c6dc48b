package org.splnet.client;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;

/// An error with its POSIX name.
@SuppressWarnings("serial")
final class MockError extends IOException {
    final String errno;

    MockError(String errno, String detail) {
        super(detail);
        this.errno = errno;
    }

    static MockError of(IOException e) {
        String text = String.valueOf(e.getMessage());
        String errno = switch (e) {
            case ConnectException c -> text.contains("timed out") ? "ETIMEDOUT" : "ECONNREFUSED";
            case NoRouteToHostException n -> "EHOSTUNREACH";
            case BindException b -> text.contains("in use") ? "EADDRINUSE" : "EADDRNOTAVAIL";
            default -> text.contains("unreachable") ? "ENETUNREACH"
                    : text.contains("reset") ? "ECONNRESET" : "EIO";
        };
        return new MockError(errno, text);
    }
}
