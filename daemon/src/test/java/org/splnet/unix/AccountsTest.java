package org.splnet.unix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

/// Users and groups by name and by number.
class AccountsTest {
    @Test
    void aNumberIsItself() {
        assertThat(Accounts.user("0")).isZero();
        assertThat(Accounts.user("1895001104")).isEqualTo(1_895_001_104);
        assertThat(Accounts.group("4294967294")).isEqualTo(-2);
    }

    @Test
    void aNameIsLookedUp() {
        assertThat(Accounts.user("root")).isZero();
        assertThat(Accounts.group("root")).isZero();
    }

    @Test
    void whatIsNoneIsNamed() {
        for (String none : new String[] {"4294967295", "9999999999", "99999999999", "no such"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Accounts.user(none))
                    .withMessage(none.equals("no such") || none.length() > 10 ? "the host has no such user"
                            : "must be at most 4294967294");
        }
    }
}
