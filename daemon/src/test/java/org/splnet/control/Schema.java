package org.splnet.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// As much of JSON Schema as `docs/openapi.json` has need of.
public final class Schema {
    private final JsonNode document;

    /// @param document whose `$ref`s are followed
    public Schema(JsonNode document) {
        this.document = document;
    }

    /// What is wrong with `value`, each with its place; empty if nothing is.
    public List<String> problems(JsonNode schema, JsonNode value) {
        List<String> problems = new ArrayList<>();
        check(schema, value, "", problems);
        return problems;
    }

    private void check(JsonNode schema, JsonNode value, String at, List<String> problems) {
        if (schema.has("$ref")) {
            check(document.at(schema.path("$ref").asText().substring(1)), value, at, problems);
            return;
        }
        if (schema.isMissingNode()) {
            problems.add(at + ": no schema");
            return;
        }
        if (!typeFits(schema.path("type"), value)) {
            problems.add(at + ": " + value + " is not of type " + schema.path("type"));
            return;
        }
        if (schema.has("enum") && !contains(schema.path("enum"), value)) {
            problems.add(at + ": " + value + " is not one of " + schema.path("enum"));
        }
        if (value.isObject()) {
            members(schema, value, at, problems);
        }
        for (int i = 0; value.isArray() && i < value.size(); i++) {
            check(schema.path("items"), value.get(i), at + "/" + i, problems);
        }
    }

    private void members(JsonNode schema, JsonNode value, String at, List<String> problems) {
        for (JsonNode each : schema.path("required")) {
            if (!value.has(each.asText())) {
                problems.add(at + ": " + each.asText() + " is missing");
            }
        }
        JsonNode others = schema.path("additionalProperties");
        for (Map.Entry<String, JsonNode> each : value.properties()) {
            String place = at + "/" + each.getKey();
            if (schema.path("properties").has(each.getKey())) {
                check(schema.path("properties").path(each.getKey()), each.getValue(), place, problems);
            } else if (others.isObject()) {
                check(others, each.getValue(), place, problems);
            } else if (others.isBoolean() && !others.asBoolean()) {
                problems.add(place + ": is not documented");
            }
        }
    }

    private static boolean typeFits(JsonNode type, JsonNode value) {
        if (type.isArray()) {
            for (JsonNode each : type) {
                if (typeFits(each, value)) {
                    return true;
                }
            }
            return false;
        }
        return switch (type.asText()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> true;
        };
    }

    private static boolean contains(JsonNode all, JsonNode value) {
        for (JsonNode each : all) {
            if (each.equals(value)) {
                return true;
            }
        }
        return false;
    }
}
