package org.splnet.control;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.splnet.service.http.HttpError;

/// The body of a request: a JSON object with certain members and no others.
final class Body {
    /// One member.
    ///
    /// @param allowed the values it may have, in words
    /// @param required false if it may be left out
    record Member(String key, String allowed, boolean required) {
        static Member required(String key, String allowed) {
            return new Member(key, allowed, true);
        }

        static Member optional(String key, String allowed) {
            return new Member(key, allowed, false);
        }

        @Override
        public String toString() {
            return "\"" + key + "\": " + allowed + (required ? "" : " (or left out)");
        }
    }

    /// Where the parser begins to name its own classes and settings: they mean nothing to who wrote the body.
    private static final Pattern JARGON = Pattern.compile("(?s)(?:"
            + " \\((?:start marker at |for \\w+ starting at |bound as |\\d+, from )"
            + "|: (?:enable|not allowed as per) `).*");
    private static final int QUOTED = 40;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private final JsonNode tree;
    private final Map<String, Member> members;

    private Body(JsonNode tree, Map<String, Member> members) {
        this.tree = tree;
        this.members = members;
    }

    /// The object in `octets`.
    ///
    /// @throws HttpError 400 for what is no JSON, with the place; 422 for what is not wanted here
    static Body of(byte[] octets, Member... members) throws HttpError {
        JsonNode tree = parse(octets);
        String wanted = "must be {" + List.of(members).stream().map(Member::toString)
                .collect(Collectors.joining(", ")) + "}.";
        if (!tree.isObject()) {
            throw refused("The body " + wanted);
        }
        Map<String, Member> known = List.of(members).stream()
                .collect(Collectors.toMap(Member::key, each -> each));
        for (Map.Entry<String, JsonNode> each : tree.properties()) {
            if (!known.containsKey(each.getKey())) {
                throw refused(cut("\"" + each.getKey()) + "\": unknown key, the body " + wanted);
            }
        }
        for (Member each : members) {
            if (each.required() && !tree.has(each.key())) {
                throw refused("\"" + each.key() + "\" is missing, the body " + wanted);
            }
        }
        return new Body(tree, known);
    }

    /// Any object.
    static JsonNode object(byte[] octets) throws HttpError {
        JsonNode tree = parse(octets);
        if (!tree.isObject()) {
            throw refused("The body must be an object.");
        }
        return tree;
    }

    /// The text at `key`; null if it was left out.
    String text(String key) throws HttpError {
        JsonNode value = tree.get(key);
        if (value != null && !value.isTextual()) {
            throw unwanted(key, value);
        }
        return value == null ? null : value.textValue();
    }

    /// The number at `key`.
    long number(String key, long otherwise, long max) throws HttpError {
        JsonNode value = tree.get(key);
        if (value != null && (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0
                || value.longValue() > max)) {
            throw unwanted(key, value);
        }
        return value == null ? otherwise : value.longValue();
    }

    /// Whatever is at `key`; null if it was left out.
    JsonNode node(String key) {
        return tree.get(key);
    }

    /// The truth at `key`.
    boolean bool(String key, boolean otherwise) throws HttpError {
        JsonNode value = tree.get(key);
        if (value != null && !value.isBoolean()) {
            throw unwanted(key, value);
        }
        return value == null ? otherwise : value.booleanValue();
    }

    private HttpError unwanted(String key, JsonNode value) {
        return refused(key + ": " + cut(value.toString()) + " must be " + members.get(key).allowed() + ".");
    }

    /// 422, which says that a request was understood and is not wanted.
    static HttpError refused(String message) {
        return new HttpError(HttpResponseStatus.UNPROCESSABLE_ENTITY, message);
    }

    /// Any JSON.
    ///
    /// @param what it stands in, for whoever is told that it is none
    static JsonNode parse(String what, String text) throws HttpError {
        return parse(what, text.getBytes(StandardCharsets.UTF_8));
    }

    /// Any JSON.
    static JsonNode parse(byte[] octets) throws HttpError {
        return parse("The body", octets);
    }

    private static JsonNode parse(String what, byte[] octets) throws HttpError {
        if (octets.length == 0) {
            throw malformed(what, "it is empty");
        }
        try {
            return MAPPER.readTree(octets);
        } catch (JacksonException e) {
            JsonLocation at = e.getLocation();
            throw malformed(what, (at == null ? ""
                    : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ")
                    + JARGON.matcher(String.valueOf(e.getOriginalMessage())).replaceFirst(""));
        } catch (IOException | RuntimeException e) {
            // The parser is not ours; whatever it trips over is still the body's fault.
            throw malformed(what, e.getMessage());
        }
    }

    private static HttpError malformed(String what, String why) {
        return new HttpError(HttpResponseStatus.BAD_REQUEST, what + " is not JSON: " + why);
    }

    static String cut(String text) {
        return text.length() > QUOTED ? text.substring(0, QUOTED) + "..." : text;
    }
}
