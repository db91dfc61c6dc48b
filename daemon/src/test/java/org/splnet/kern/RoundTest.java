package org.splnet.kern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoundTest {
    private final List<String> seen = new ArrayList<>();

    private Deferred.Call see(String name) {
        return new Deferred.Call() {
            @Override
            protected void run() {
                seen.add(name);
            }
        };
    }

    @AfterEach
    void end() {
        Round.begin(1);
        Round.end();
        Deferred.run();
    }

    @Test
    void isOverWhenItsShareIsSentAndOutsideOfOneNothingIs() {
        Round.sent(1000);
        assertThat(Round.over()).isFalse();
        Round.begin(1000);
        Round.sent(999);
        assertThat(Round.over()).isFalse();
        Round.sent(1);
        assertThat(Round.over()).isTrue();
        assertThat(Round.end()).isFalse();
        assertThat(Round.over()).isFalse();
        Round.begin(1000);
        assertThat(Round.over()).isFalse();
    }

    @Test
    void whatGoesOnComesInTheNextInItsOrderAndOnce() {
        Deferred.Call a = see("a");
        Deferred.Call b = see("b");
        Round.begin(0);
        Round.goOn(a);
        Round.goOn(b);
        Round.goOn(a);
        Deferred.later(b);
        Deferred.run();
        assertThat(Round.end()).isTrue();
        Deferred.run();
        assertThat(seen).isEmpty();
        Round.begin(0);
        assertThat(seen).isEmpty();
        Deferred.later(see("c"));
        Deferred.run();
        assertThat(seen).containsExactly("a", "b", "c");
        Round.goOn(a);
        assertThat(Round.end()).isTrue();
        Round.begin(0);
        Deferred.run();
        assertThat(seen).containsExactly("a", "b", "c", "a");
        assertThat(Round.end()).isFalse();
    }

    @Test
    void whatIsQueuedAlreadyComesAtItsTime() {
        Deferred.Call a = see("a");
        Round.begin(0);
        Deferred.later(a);
        Round.goOn(a);
        Deferred.run();
        assertThat(seen).containsExactly("a");
        assertThat(Round.end()).isFalse();
    }

    @Test
    void anotherThreadsRoundIsItsOwn() throws InterruptedException {
        Round.begin(0);
        Round.goOn(see("a"));
        Thread other = Thread.ofPlatform().start(() -> {
            Round.begin(1);
            Deferred.run();
            seen.add(Round.over() + " " + Round.end());
        });
        other.join();
        assertThat(seen).containsExactly("false false");
        assertThat(Round.end()).isTrue();
    }
}
