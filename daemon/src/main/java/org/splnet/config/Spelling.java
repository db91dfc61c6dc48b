package org.splnet.config;

import java.util.Collection;
import java.util.Locale;
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

    /// Edits (insert, delete, replace, swap two neighbors) from `a` to `b`; underscores count as dashes,
    /// capitals as small letters.
    private static int distance(String a, String b) {
        if (a.length() > LONGEST) {
            return Integer.MAX_VALUE;
        }
        String left = a.toLowerCase(Locale.ROOT).replace('_', '-');
        int[][] edits = new int[left.length() + 1][b.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                edits[i][j] = i == 0 || j == 0 ? i + j : least(edits, left, b, i, j);
            }
        }
        return edits[left.length()][b.length()];
    }

    private static int least(int[][] edits, String a, String b, int i, int j) {
        int replaced = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(replaced, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, edits[i - 2][j - 2] + 1) : least;
    }
}
