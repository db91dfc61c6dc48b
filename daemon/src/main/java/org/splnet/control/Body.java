package org.splnet.control;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.util.Map;
import org.splnet.service.http.HttpError;

/// The body of a request: a JSON object with one member.
final class Body {
    private static final int QUOTED = 40;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private Body() {
    }

    /// The member `key` of the object in `octets`.
    ///
    /// @param allowed the values it may have, in words
    /// @throws HttpError 400 for what is no JSON, with the place; 422 for what is not wanted here
    static JsonNode member(byte[] octets, String key, String allowed) throws HttpError {
        JsonNode tree = parse(octets);
        String wanted = "must be {\"" + key + "\": " + allowed + "}.";
        if (!tree.isObject()) {
            throw refused("The body " + wanted);
        }
        for (Map.Entry<String, JsonNode> each : tree.properties()) {
            if (!each.getKey().equals(key)) {
                throw refused(cut("\"" + each.getKey()) + "\": unknown key, the body " + wanted);
            }
        }
        if (!tree.has(key)) {
            throw refused("\"" + key + "\" is missing, the body " + wanted);
        }
        return tree.get(key);
    }

    /// The text at `key`.
    static String text(byte[] octets, String key, String allowed) throws HttpError {
        JsonNode value = member(octets, key, allowed);
        if (!value.isTextual()) {
            throw refused(key + ": " + cut(value.toString()) + " must be " + allowed + ".");
        }
        return value.textValue();
    }

    /// The number at `key`.
    static long number(byte[] octets, String key, long max) throws HttpError {
        String allowed = "a whole number in 0.." + max;
        JsonNode value = member(octets, key, allowed);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0
                || value.longValue() > max) {
            throw refused(key + ": " + cut(value.toString()) + " must be " + allowed + ".");
        }
        return value.longValue();
    }

    /// 422, which says that a request was understood and is not wanted.
    static HttpError refused(String message) {
        return new HttpError(HttpResponseStatus.UNPROCESSABLE_ENTITY, message);
    }

    private static JsonNode parse(byte[] octets) throws HttpError {
        if (octets.length == 0) {
            throw malformed("it is empty");
        }
        try {
            return MAPPER.readTree(octets);
        } catch (JacksonException e) {
            JsonLocation at = e.getLocation();
            throw malformed((at == null ? ""
                    : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ")
                    + e.getOriginalMessage());
        } catch (IOException | RuntimeException e) {
            // The parser is not ours; whatever it trips over is still the body's fault.
            throw malformed(e.getMessage());
        }
    }

    private static HttpError malformed(String why) {
        return new HttpError(HttpResponseStatus.BAD_REQUEST, "The body is not JSON: " + why);
    }

    private static String cut(String text) {
        return text.length() > QUOTED ? text.substring(0, QUOTED) + "..." : text;
    }
}
