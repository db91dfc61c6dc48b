package org.splnet.config;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One thing that is wrong with a configuration file.
///
/// @param file the file as the user named it
/// @param line its line, from 1; 0 if it concerns the file as a whole
/// @param key the key with its tables: `interface.mtu`; empty if no key is concerned
/// @param value the value as written; empty if there is none
/// @param allowed what is allowed, or what to do
public record Problem(String file, int line, String key, String value, String allowed) {
    /// What the file says, and what it is called, goes to terminals and journals: without control characters.
    public Problem {
        file = Problems.printable(file);
        key = Problems.printable(key);
        value = Problems.printable(value);
        allowed = Problems.printable(allowed);
    }

    @Override
    public String toString() {
        return file + (line > 0 ? ":" + line : "") + ": " + what();
    }

    /// The problem without its place: `key: value: what is allowed`.
    public String what() {
        return Stream.of(key, value, allowed).filter(part -> !part.isEmpty())
                .collect(Collectors.joining(": "));
    }
}
