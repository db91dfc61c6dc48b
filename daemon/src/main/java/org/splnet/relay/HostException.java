package org.splnet.relay;

import io.netty.channel.ChannelException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// The host does not give what was asked of it. The message names the thing, the cause and the cure in one
/// line.
public final class HostException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean permission;

    HostException(boolean permission, String message, Throwable cause) {
        super(message, cause);
        this.permission = permission;
    }

    /// Nobody can listen at `place`.
    ///
    /// @param key of the configuration, under which another place is chosen
    static HostException listening(Object place, String key, Throwable cause) {
        boolean denied = denied(cause);
        String why = reason(cause).contains("Address family not supported")
                ? "this process may have no sockets of the host's network: as a service it needs the drop-in"
                        + " relays.conf (/usr/share/doc/splnet/examples)"
                : denied ? "permission denied: run as root, or set " + key + " to a port above 1023"
                : unwrapped(cause) instanceof BindException && reason(cause).contains("in use")
                ? "address already in use: end who listens there (ss -ltnp), or set " + key
                        + " to another one" : reason(cause);
        return new HostException(denied, place + ": " + why, cause);
    }

    /// True if it is a permission that is missing.
    public boolean permission() {
        return permission;
    }

    static boolean denied(Throwable thrown) {
        Throwable e = unwrapped(thrown);
        return e instanceof AccessDeniedException
                || e instanceof java.net.SocketException && reason(e).contains("Permission denied");
    }

    /// The cause in words.
    static String reason(Throwable thrown) {
        Throwable e = unwrapped(thrown);
        if (!(e instanceof FileSystemException file)) {
            return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
        if (file.getReason() != null) {
            return file.getReason();
        }
        return switch (file) {                          // of which Java says nothing but the class
            case NoSuchFileException none -> "No such file or directory";
            case AccessDeniedException no -> "Permission denied";
            case FileAlreadyExistsException there -> "File exists";
            case DirectoryNotEmptyException full -> "Directory not empty";
            default -> file.getClass().getSimpleName();
        };
    }

    /// What the host said: of a channel that cannot even be made Netty says no more than of which class.
    private static Throwable unwrapped(Throwable e) {
        Throwable said = e;
        while ((said instanceof ChannelException || said instanceof ReflectiveOperationException)
                && said.getCause() != null) {
            said = said.getCause();
        }
        return said;
    }
}
