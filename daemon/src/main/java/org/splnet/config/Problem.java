package org.splnet.config;

/// One thing that is wrong with a configuration file.
///
/// @param file the file as the user named it
/// @param line its line, from 1; 0 if it concerns the file as a whole
/// @param key the key with its tables: `interface.mtu`; empty if no key is concerned
/// @param value the value as written; empty if there is none
/// @param allowed what is allowed, or what to do
public record Problem(String file, int line, String key, String value, String allowed) {
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(file);
        if (line > 0) {
            out.append(':').append(line);
        }
        for (String part : new String[] {key, value, allowed}) {
            if (!part.isEmpty()) {
                out.append(": ").append(part);
            }
        }
        return out.toString();
    }
}
