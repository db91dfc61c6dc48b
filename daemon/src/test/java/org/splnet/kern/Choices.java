package org.splnet.kern;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.StringJoiner;

/// Which of those who can go on does, at each point where there is a choice. Option 0 is to let the one who
/// runs go on, where that is possible; taking it from him is a preemption. Schedules with few preemptions
/// find almost all races (Musuvathi and Qadeer, 2007), so those with at most so many are gone through one by
/// one; beyond that, schedules are drawn at random.
///
/// A schedule is written as the points at which something else than option 0 was taken: `17:1 21:2`.
final class Choices {
    private static final int ONE_IN = 5;

    private int[] taken = new int[64];
    private int[] options = new int[64];
    private boolean[] costs = new boolean[64];
    private int depth;
    private int prefix;                        // as many are given
    private SplittableRandom rnd;

    /// The schedule that this text says.
    static Choices parse(String text) {
        var choices = new Choices();
        for (String each : text.isBlank() ? new String[0] : text.trim().split(" ")) {
            int point = Integer.parseInt(each.substring(0, each.indexOf(':')));
            choices.room(point);
            choices.taken[point] = Integer.parseInt(each.substring(each.indexOf(':') + 1));
            choices.prefix = point + 1;
        }
        return choices;
    }

    /// Begins a schedule, as given so far and all 0 from there on.
    void begin() {
        depth = 0;
        rnd = null;
    }

    /// Begins a schedule drawn at random.
    void begin(long seed) {
        depth = 0;
        prefix = 0;
        rnd = new SplittableRandom(seed);
    }

    /// @param n options there are
    /// @param preempts taking another than the first is a preemption
    int choose(int n, boolean preempts) {
        room(depth);
        int choice = depth < prefix ? Math.min(taken[depth], n - 1) : 0;
        if (rnd != null && (!preempts || rnd.nextInt(ONE_IN) == 0)) {
            choice = rnd.nextInt(n);
        }
        taken[depth] = choice;
        options[depth] = n;
        costs[depth++] = preempts;
        return choice;
    }

    /// Goes to the next schedule with at most `preemptions`.
    ///
    /// @return false if there is none
    boolean next(int preemptions) {
        int used = 0;
        for (int i = 0; i < depth; i++) {
            used += costs[i] && taken[i] > 0 ? 1 : 0;
        }
        for (int i = depth - 1; i >= 0; i--) {
            used -= costs[i] && taken[i] > 0 ? 1 : 0;
            if (taken[i] + 1 < options[i] && used + (costs[i] ? 1 : 0) <= preemptions) {
                taken[i]++;
                prefix = i + 1;
                return true;
            }
        }
        return false;
    }

    private void room(int at) {
        if (at >= taken.length) {
            int size = Math.max(at + 1, 2 * taken.length);
            taken = Arrays.copyOf(taken, size);
            options = Arrays.copyOf(options, size);
            costs = Arrays.copyOf(costs, size);
        }
    }

    List<String> points() {
        var points = new ArrayList<String>();
        for (int i = 0; i < depth; i++) {
            if (taken[i] > 0) {
                points.add(i + ":" + taken[i]);
            }
        }
        return points;
    }

    @Override
    public String toString() {
        var text = new StringJoiner(" ");
        points().forEach(text::add);
        return text.toString();
    }
}
