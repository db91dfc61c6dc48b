package org.splnet.control;

import java.util.ArrayList;
import java.util.List;

/// A path with parameters: `/v1/addresses/{interface}/{address}`. A parameter is one segment; the last one of
/// a path takes the rest, slashes and all, because addresses are written with one.
final class Template {
    private final String text;
    private final String[] segments;

    Template(String text) {
        this.text = text;
        this.segments = text.substring(1).split("/", -1);
    }

    /// True if it has a parameter.
    boolean variable() {
        return text.indexOf('{') >= 0;
    }

    /// The parameters' values; null if the path is none of these.
    List<String> match(String path) {
        if (!variable()) {
            return path.equals(text) ? List.of() : null;
        }
        if (!path.startsWith("/")) {
            return null;
        }
        String[] parts = path.substring(1).split("/", segments.length);
        if (parts.length != segments.length) {
            return null;
        }
        List<String> values = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            if (segments[i].startsWith("{")) {
                if (parts[i].isEmpty()) {
                    return null;
                }
                values.add(parts[i]);
            } else if (!segments[i].equals(parts[i])) {
                return null;
            }
        }
        return values;
    }

    @Override
    public String toString() {
        return text;
    }
}
