package org.splnet.client;

import java.net.SocketException;

/// The daemon does not know the socket: it has ended, or never was.
@SuppressWarnings("serial") // never serialised
final class GoneException extends SocketException {
    GoneException(String detail) {
        super(detail);
    }
}
