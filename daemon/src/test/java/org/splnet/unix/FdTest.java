package org.splnet.unix;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a call that fails says.
class FdTest {
    @ParameterizedTest
    @CsvSource({"13, Permission denied", "28, No space left on device", "30, Read-only file system"})
    void whatADiskSaysHasWords(int errno, String words) {
        assertThatThrownBy(() -> Fd.checked(-errno, "bind")).hasMessage("bind: " + words);
    }
}
