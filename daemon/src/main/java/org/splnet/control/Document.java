package org.splnet.control;

import org.splnet.service.http.HttpError;
import org.splnet.service.status.Json;

/// An answer that is no JSON.
///
/// @param type its media type
/// @param octets its content
public record Document(String type, byte[] octets) {
    /// A value as JSON; null for null.
    static Document of(Object value, Json json) {
        return value == null ? null : new Document(Json.TYPE, json.octets(value));
    }

    /// An error.
    static Document of(HttpError error, Json json) {
        return new Document(Problem.TYPE, json.octets(Problem.of(error)));
    }
}
