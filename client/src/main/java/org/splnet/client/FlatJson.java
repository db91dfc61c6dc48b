package org.splnet.client;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// JSON (RFC 8259) as far as the daemon uses it towards clients: one object of strings, numbers, truth values
/// and nulls. Values that are arrays or objects themselves are passed over.
final class FlatJson {
    private final String text;
    private int at;

    private FlatJson(String text) {
        this.text = text;
    }

    /// The members of the object `text`. Numbers are `Long`s, or `Double`s if they have to be.
    ///
    /// @throws IOException if it is not an object
    static Map<String, Object> read(String text) throws IOException {
        try {
            return new FlatJson(text).object();
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IOException("the daemon's answer is not a JSON object: "
                    + text.substring(0, Math.min(text.length(), 200)), e);
        }
    }

    /// An object of these members: `String`s, numbers and nulls.
    static String write(Map<String, ?> members) {
        return members.entrySet().stream()
                .map(member -> quote(member.getKey()) + ":" + value(member.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String value(Object value) {
        return switch (value) {
            case null -> "null";
            case Map<?, ?> map -> map.entrySet().stream()
                    .map(member -> quote(member.getKey().toString()) + ":" + value(member.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
            case String string -> quote(string);
            default -> value.toString();
        };
    }

    private static String quote(String string) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : string.toCharArray()) {
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    private Map<String, Object> object() {
        var members = new LinkedHashMap<String, Object>();
        expect('{');
        if (peek() == '}') {
            return members;
        }
        do {
            peek();
            String name = string();
            expect(':');
            members.put(name, value());
        } while (next() == ',');
        if (text.charAt(at - 1) != '}') {
            throw new IllegalArgumentException("no end");
        }
        return members;
    }

    private Object value() {
        char c = peek();
        if (c == '"') {
            return string();
        }
        if (c == '{' || c == '[') {
            return passOver();
        }
        int from = at;
        while (",}] \t\r\n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(from, at);
        return switch (word) {
            case "null" -> null;
            case "true" -> Boolean.TRUE;
            case "false" -> Boolean.FALSE;
            default -> word.matches("-?[0-9]{1,18}") ? (Object) Long.valueOf(word) : Double.valueOf(word);
        };
    }

    private Object passOver() {
        int depth = 0;
        do {
            char c = peek();
            if (c == '"') {
                string();
            } else {
                at++;
                depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
            }
        } while (depth > 0);
        return null;
    }

    private String string() {
        if (text.charAt(at++) != '"') {
            throw new IllegalArgumentException("no string");
        }
        StringBuilder string = new StringBuilder();
        for (char c; (c = text.charAt(at++)) != '"';) {
            string.append(c == '\\' ? escaped() : c);
        }
        return string.toString();
    }

    private char escaped() {
        char c = text.charAt(at++);
        int control = "bfnrt".indexOf(c);
        if (control >= 0) {
            return "\b\f\n\r\t".charAt(control);
        }
        if (c != 'u') {
            return c;
        }
        at += 4;
        return (char) Integer.parseInt(text.substring(at - 4, at), 16);
    }

    private void expect(char c) {
        if (next() != c) {
            throw new IllegalArgumentException("no " + c);
        }
    }

    private char next() {
        char c = peek();
        at++;
        return c;
    }

    private char peek() {
        while (" \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return text.charAt(at);
    }
}
