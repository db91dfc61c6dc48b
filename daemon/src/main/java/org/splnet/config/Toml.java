package org.splnet.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.toml.TomlFactory;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Jackson's TOML parser with bounds for files that mean no good.
final class Toml {
    /// Largest file in octets.
    static final int MAX_SIZE = 1 << 20;

    private static final int MAX_DEPTH = 32;
    private static final int MAX_TEXT = 64 << 10;
    private static final int MAX_DIGITS = 100;
    private static final int MAX_MESSAGE = 200;
    private static final long LOOK_BACK = 8 << 20;

    /// Nineteen decimal digits that may be a number of their own.
    private static final Pattern NINETEEN =
            Pattern.compile("(?<![0-9A-Za-z_.])-?[0-9](?:_?[0-9]){18}(?![0-9A-Za-z_.])");
    /// Two more digits, which keep the sign.
    private static final String POSITIVE = "00";
    private static final String NEGATIVE = "01";
    private static final BigInteger HUNDRED = BigInteger.valueOf(100);

    private static final TomlMapper MAPPER = TomlMapper.builder(TomlFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_TEXT).maxNameLength(MAX_TEXT).maxNumberLength(MAX_DIGITS)
                    .maxDocumentLength(MAX_SIZE).build())
            .build()).build();

    /// A text that is not TOML.
    static final class SyntaxException extends Exception {
        private static final long serialVersionUID = 1L;
        final int line;

        SyntaxException(int line, String message) {
            super(message);
            this.line = line;
        }
    }

    private Toml() {
    }

    /// The tree of a text.
    static ObjectNode parse(String text) throws SyntaxException {
        try {
            return tree(text);
        } catch (JacksonException e) {
            throw new SyntaxException(line(text, e), message(e));
        } catch (RuntimeException e) {
            // The parser is not ours; whatever it trips over is still the file's fault.
            throw new SyntaxException(0, "not TOML that can be read: " + e.getClass().getSimpleName());
        }
    }

    /// The tree of a text, or null if it is not TOML.
    static JsonNode parseOrNull(String text) {
        try {
            return tree(text);
        } catch (JacksonException | RuntimeException e) {
            return null;
        }
    }

    private static ObjectNode tree(String text) throws JacksonException {
        ObjectNode tree = (ObjectNode) MAPPER.readTree(text);
        Matcher found = NINETEEN.matcher(text);
        if (found.find()) {
            mend(tree, MAPPER.readTree(found.replaceAll(each -> each.group()
                    + (each.group().startsWith("-") ? NEGATIVE : POSITIVE))));
        }
        return tree;
    }

    /// Jackson 2.20 reads a whole number of nineteen digits as its last ten, if it has room in 63 bits.
    /// Longer ones, as those with two more behind, it reads but for their sign.
    ///
    /// @param longer the same where each number of nineteen digits has them
    private static void mend(JsonNode read, JsonNode longer) {
        if (read instanceof ObjectNode object) {
            object.properties().forEach(each -> {
                JsonNode other = longer.path(each.getKey());
                each.setValue(mended(each.getValue(), other));
                mend(each.getValue(), other);
            });
        } else if (read instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, mended(array.get(i), longer.path(i)));
                mend(array.get(i), longer.path(i));
            }
        }
    }

    private static JsonNode mended(JsonNode read, JsonNode longer) {
        if (!read.isIntegralNumber() || !longer.isBigInteger() || read.equals(longer)) {
            return read;
        }
        BigInteger[] value = longer.bigIntegerValue().abs().divideAndRemainder(HUNDRED);
        return BigIntegerNode.valueOf(value[1].signum() == 0 ? value[0] : value[0].negate());
    }

    /// The parser looks one token ahead, so it may stand behind the line that offends: that is the last line
    /// of the shortest text with the same error.
    private static int line(String text, JacksonException e) {
        JsonLocation location = e.getLocation();
        if (location == null) {
            return 0;
        }
        int line = location.getLineNr();
        String[] lines = text.split("\n", -1);
        for (long work = 0; line > 1 && work < LOOK_BACK; work += text.length()) {
            if (!e.getOriginalMessage().equals(error(join(lines, Math.min(line - 1, lines.length))))) {
                break;
            }
            line--;
        }
        return line;
    }

    private static String error(String text) {
        try {
            tree(text);
            return null;
        } catch (JacksonException e) {
            return e.getOriginalMessage();
        } catch (RuntimeException e) {
            return null;
        }
    }

    private static String join(String[] lines, int count) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < count; i++) {
            out.append(lines[i]).append('\n');
        }
        return out.toString();
    }

    private static String message(JacksonException e) {
        String message = String.valueOf(e.getOriginalMessage());
        int end = message.indexOf('\n');
        String first = end < 0 ? message : message.substring(0, end);
        if (first.startsWith("Path into existing non-object value")) {
            return "not TOML: part of this name has a value already, and is no table";
        }
        // Class names of the parser mean nothing to whoever wrote the file.
        String text = first.replaceFirst(" \\(maximum.*|, from `[^`]*`", "");
        if (text.length() > MAX_MESSAGE) {
            text = text.substring(0, MAX_MESSAGE) + "...";
        }
        return text.isEmpty() ? "not TOML" : "not TOML: " + Character.toLowerCase(text.charAt(0))
                + text.substring(1);
    }
}
