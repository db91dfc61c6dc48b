package org.splnet.client;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.util.Map;
import java.util.Objects;

/// POSIX error names as the exceptions that `java.net` throws for them, with the texts it has on Linux.
final class Errno {
    private static final Map<String, String> TEXTS = Map.ofEntries(
            Map.entry("ECONNREFUSED", "Connection refused"),
            Map.entry("ECONNRESET", "Connection reset"),
            Map.entry("ECONNABORTED", "Software caused connection abort"),
            Map.entry("EPIPE", "Broken pipe"),
            Map.entry("ETIMEDOUT", "Connection timed out"),
            Map.entry("EHOSTUNREACH", "No route to host"),
            Map.entry("EHOSTDOWN", "Host is down"),
            Map.entry("ENETUNREACH", "Network is unreachable"),
            Map.entry("ENETDOWN", "Network is down"),
            Map.entry("EADDRINUSE", "Address already in use"),
            Map.entry("EADDRNOTAVAIL", "Cannot assign requested address"),
            Map.entry("EACCES", "Permission denied"),
            Map.entry("EPERM", "Operation not permitted"),
            Map.entry("EMSGSIZE", "Message too long"),
            Map.entry("ENOBUFS", "No buffer space available"),
            Map.entry("ENOENT", "No such file or directory"),
            Map.entry("EMFILE", "Too many open files"),
            Map.entry("ENOPROTOOPT", "Protocol not available"),
            Map.entry("EINVAL", "Invalid argument"));

    /// What Linux numbers that a datagram socket may carry.
    private static final Map<Integer, String> NAMES = Map.of(13, "EACCES", 71, "EPROTO", 90, "EMSGSIZE",
            101, "ENETUNREACH", 105, "ENOBUFS", 111, "ECONNREFUSED", 112, "EHOSTDOWN", 113, "EHOSTUNREACH");

    private Errno() {
    }

    /// The exception for `name`.
    ///
    /// @param name as in `errno.h`; null if the daemon gave none
    /// @param detail the daemon's own words, which become the cause; null if there are none
    static SocketException exception(String name, String detail) {
        String text = name == null ? Objects.requireNonNullElse(detail, "splnet failed")
                : TEXTS.getOrDefault(name, name);
        SocketException exception = switch (Objects.requireNonNullElse(name, "")) {
            case "ECONNREFUSED", "ETIMEDOUT", "ENOTCONN" -> new ConnectException(text);
            case "EHOSTUNREACH" -> new NoRouteToHostException(text);
            case "EADDRINUSE", "EADDRNOTAVAIL", "EACCES" -> new BindException(text);
            default -> new SocketException(text);
        };
        if (name != null && detail != null) {
            exception.initCause(new IOException(detail));
        }
        return exception;
    }

    /// The exception for an established connection that broke: always a plain [SocketException].
    static SocketException broken(String name) {
        return new SocketException(TEXTS.getOrDefault(name, name));
    }

    /// The exception for the error of a connected datagram socket.
    static SocketException datagram(int number) {
        String name = NAMES.getOrDefault(number, "error " + number);
        return "ECONNREFUSED".equals(name) ? new PortUnreachableException()
                : exception(name, null);
    }
}
