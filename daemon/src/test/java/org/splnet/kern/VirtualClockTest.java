package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualClockTest {
    private final VirtualClock clock = new VirtualClock(Long.MAX_VALUE - 50);
    private final List<String> seen = new ArrayList<>();

    private Runnable see(String what) {
        return () -> seen.add(what + "@" + (clock.nanoTime() - Long.MAX_VALUE + 50));
    }

    @Test
    void happensInOrderOfTimeThenOfAskingAcrossTheWrap() {
        clock.after(100, see("c"));
        clock.after(10, see("a"));
        clock.after(100, see("d"));
        clock.after(60, see("b"));
        assertThat(clock.nextDelayNs()).isEqualTo(10);
        clock.advance(99);
        assertThat(seen).containsExactly("a@10", "b@60");
        clock.advance(1);
        assertThat(seen).containsExactly("a@10", "b@60", "c@100", "d@100");
        assertThat(clock.nextDelayNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void includesWhatIsAskedForMeanwhile() {
        clock.after(10, () -> clock.after(10, see("late")));
        clock.advance(30);
        assertThat(seen).containsExactly("late@20");
        assertThat(clock.nanoTime() - Long.MAX_VALUE + 50).isEqualTo(30);
        assertThat(clock.wallMillis()).isZero();
    }

    @Test
    void doesNotGoBack() {
        assertThatThrownBy(() -> clock.advance(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> clock.after(-1, () -> { })).isInstanceOf(IllegalArgumentException.class);
    }
}
