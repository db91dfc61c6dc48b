package org.splnet.config;

import java.lang.reflect.RecordComponent;

/// From the names of record components to the keys of the file.
final class Kebab {
    private Kebab() {
    }

    /// The key of a component: kebab-case, and without the `Ns` of durations, because there the value has the
    /// unit.
    static String key(RecordComponent component) {
        String name = component.getName();
        return of(isDuration(component) ? name.substring(0, name.length() - 2) : name);
    }

    static boolean isDuration(RecordComponent component) {
        return component.getType() == long.class && component.getName().endsWith("Ns");
    }

    /// `finWait2` becomes `fin-wait-2`, `r1` stays `r1`: a number after a whole word is a word.
    static String of(String name) {
        StringBuilder out = new StringBuilder();
        int word = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean digitAfterWord = Character.isDigit(c) && word > 1
                    && !Character.isDigit(name.charAt(i - 1));
            if (i > 0 && (Character.isUpperCase(c) || digitAfterWord)) {
                out.append('-');
                word = 0;
            }
            word++;
            out.append(Character.toLowerCase(c));
        }
        return out.toString();
    }

    /// True if two spellings of a key mean the same.
    static boolean same(String a, String b) {
        return a.replace("-", "").equalsIgnoreCase(b.replace("-", ""));
    }
}
