package org.splnet.control;

import org.splnet.service.http.HttpError;
import org.splnet.wire.Endpoint;

/// Numbers and ends as requests write them.
final class Numbers {
    private static final int LONGEST = 18;

    private Numbers() {
    }

    /// A socket's id.
    ///
    /// @throws HttpError 404 for what cannot be one
    static long id(String text) throws HttpError {
        if (text.isEmpty() || text.length() > LONGEST || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw HttpError.notFound(Body.cut("\"" + text) + "\" is no socket's number.");
        }
        return Long.parseLong(text);
    }

    /// An address and port.
    ///
    /// @param what it stands for
    /// @throws HttpError 422 for anything else, also for an IPv6 address
    static Endpoint endpoint(String what, String text) throws HttpError {
        try {
            Endpoint end = Endpoint.parse(text);
            if (!end.addr().isV4()) {
                throw SocketErrors.refused("EAFNOSUPPORT", what + ": " + end + ": only IPv4 is spoken.");
            }
            return end;
        } catch (IllegalArgumentException e) {
            throw SocketErrors.refused("EINVAL", what + ": " + e.getMessage() + ".");
        }
    }

    /// A whole number.
    ///
    /// @param text null for 0
    static long within(String what, String text, long max) throws HttpError {
        if (text == null) {
            return 0;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= 0 && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw SocketErrors.refused("EINVAL", what + ": " + Body.cut(text) + " must be a whole number in 0.."
                + max + ".");
    }
}
