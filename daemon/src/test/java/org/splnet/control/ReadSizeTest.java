package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadSizeTest {
    private static final int INITIAL_WINDOW = 10 * 1460;

    @Test
    void aFirstWriteThatANewConnectionMaySendIsReadAtOnce() {              // RFC 6928
        assertThat(new ReadSize().octets()).isGreaterThanOrEqualTo(INITIAL_WINDOW);
    }

    @Test
    void growsWithWhatComesAndShrinksNoFurther() {
        var size = new ReadSize();
        for (int i = 0; i < 10; i++) {
            size.read(size.octets());
        }
        assertThat(size.octets()).isEqualTo(ReadSize.MOST);
        for (int i = 0; i < 20; i++) {
            size.read(1);
        }
        assertThat(size.octets()).isEqualTo(ReadSize.LEAST);
    }
}
