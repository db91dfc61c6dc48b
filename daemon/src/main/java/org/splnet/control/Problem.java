package org.splnet.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.splnet.service.http.HttpError;

/// An error for programs and people: the problem details of RFC 9457.
///
/// @param type `about:blank`, which stands for the status code's own meaning (§4.2.1)
/// @param title the status code in words
/// @param status the status code
/// @param detail what is wrong with this very request, and what is allowed
/// @param errno of a socket call, its POSIX name; left out of others
record Problem(String type, String title, int status, String detail,
        @JsonInclude(JsonInclude.Include.NON_NULL) String errno) {
    static final String TYPE = "application/problem+json";

    static Problem of(HttpError error) {
        return new Problem("about:blank", error.status().reasonPhrase(), error.status().code(),
                error.getMessage(), error.errno());
    }
}
