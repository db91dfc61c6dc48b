package org.splnet.control;

import org.splnet.service.http.HttpError;

/// An error for programs and people: the problem details of RFC 9457.
///
/// @param type `about:blank`, which stands for the status code's own meaning (§4.2.1)
/// @param title the status code in words
/// @param status the status code
/// @param detail what is wrong with this very request, and what is allowed
record Problem(String type, String title, int status, String detail) {
    static final String TYPE = "application/problem+json";

    static Problem of(HttpError error) {
        return new Problem("about:blank", error.status().reasonPhrase(), error.status().code(),
                error.getMessage());
    }
}
