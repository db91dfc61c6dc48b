package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.splnet.unix.Fd;

/// What the processes of one user have done at once.
class AccountTest {
    private final Account account = new Account("others", Rule.Quota.DEFAULTS, 0, 0);
    private final List<Integer> begun = new ArrayList<>();

    @Test
    void fourRequestsThatLookAreDoneAtOnceAndTheOthersInTheirOrder() {
        for (int i = 0; i < 7; i++) {
            int nth = i;
            account.look(() -> begun.add(nth));
        }
        assertThat(begun).containsExactly(0, 1, 2, 3);
        account.looked();
        assertThat(begun).endsWith(3, 4);
        account.looked();
        account.looked();
        assertThat(begun).endsWith(5, 6);
        for (int i = 0; i < 4; i++) {
            assertThat(account.idle()).isFalse();
            account.looked();
        }
        assertThat(account.idle()).isTrue();
        account.look(() -> begun.add(7));
        assertThat(begun).endsWith(7).hasSize(8);
    }

    @Test
    void oneThatCannotBeDoneDoesNotHoldUpThoseBehindIt() {
        for (int i = 0; i < 4; i++) {
            account.look(() -> begun.add(-1));
        }
        for (int i = 0; i < 3; i++) {
            account.look(account::looked);
        }
        account.look(() -> begun.add(8));
        account.looked();
        assertThat(begun).endsWith(8);
    }

    @Test
    void oneThatIsTakenBackIsNeverBegun() {
        List<Runnable> all = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            int nth = i;
            all.add(() -> begun.add(nth));
        }
        all.forEach(account::look);
        account.lookNot(all.get(4));
        account.lookNot(all.get(1));
        for (int i = 0; i < 6; i++) {
            account.looked();
        }
        assertThat(begun).as("the second had begun").containsExactly(0, 1, 2, 3, 5, 6);
        assertThat(account.idle()).isTrue();
    }

    @Test
    void oneUserHasNoMoreSocketsThanMostOfTheDescriptors() {
        Account greedy = new Account("others", new Rule.Quota(Integer.MAX_VALUE, 1, 1, 1 << 20), 0, 0);
        for (long i = 0; i < Fd.CEILING / 4 * 3; i++) {
            greedy.opened();
        }
        assertThat(greedy.room()).isFalse();
        greedy.closed();
        assertThat(greedy.room()).isTrue();
        greedy.opened();
        assertThatThrownBy(greedy::checkRoom).hasMessageContaining("The daemon has descriptors for");
    }
}
