package org.splnet.client;

import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;

/// The exceptions of what is beneath a socket in the words of `java.net`; those of a channel whose other face
/// it is in the words of the JDK's own such sockets.
final class Translated {
    private Translated() {
    }

    /// Something that a channel does.
    interface Call<T> {
        T call() throws IOException;
    }

    /// Does it for a method that throws any [IOException].
    static <T> T io(Call<T> call) throws IOException {
        try {
            return call.call();
        } catch (IllegalStateException | IllegalArgumentException e) {
            String text = text(e);
            if (text == null) {
                throw e;
            }
            throw new SocketException(text, e);
        }
    }

    /// Does it for a method that throws nothing but [SocketException].
    static <T> T socket(Call<T> call) throws SocketException {
        try {
            return io(call);
        } catch (ClosedChannelException e) {
            throw new SocketException("Socket is closed", e);
        } catch (IOException e) {
            throw socketException(e);
        }
    }

    /// What a method that throws nothing but [SocketException] throws for `e`.
    static SocketException socketException(IOException e) {
        return e instanceof SocketException socket ? socket : new SocketException(e.getMessage(), e);
    }

    /// Null for what is thrown as it is.
    private static String text(RuntimeException e) {
        return switch (e) {
            case NotYetConnectedException n -> "Socket is not connected";
            case AlreadyBoundException b -> "Already bound";
            case AlreadyConnectedException c -> "Already connected";
            case NotYetBoundException n -> "Socket is not bound yet";
            case UnsupportedAddressTypeException u -> "Unsupported address type";
            case UnresolvedAddressException u -> "Unresolved address";
            default -> null;
        };
    }
}
