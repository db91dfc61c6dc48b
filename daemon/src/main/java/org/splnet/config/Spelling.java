package org.splnet.config;

import java.util.Collection;
import java.util.TreeSet;

/// What somebody may have meant by a name that does not exist.
final class Spelling {
    private static final int LONGEST = 64;

    private Spelling() {
    }

    /// "unknown key, did you mean …?", or what there is to choose from.
    static String unknown(String kind, String name, Collection<String> known) {
        String nearest = null;
        int best = Integer.MAX_VALUE;
        for (String candidate : new TreeSet<>(known)) {
            int distance = distance(name, candidate);
            if (distance < best) {
                best = distance;
                nearest = candidate;
            }
        }
        if (nearest != null && best <= Math.max(1, nearest.length() / 3)) {
            return "unknown " + kind + ", did you mean \"" + nearest + "\"?";
        }
        return "unknown " + kind + ", allowed are " + String.join(", ", new TreeSet<>(known));
    }

    /// Edits (insert, delete, replace) from `a` to `b`; underscores count as dashes, capitals as small
    /// letters.
    private static int distance(String a, String b) {
        if (a.length() > LONGEST) {
            return Integer.MAX_VALUE;
        }
        String left = a.toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (left.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
