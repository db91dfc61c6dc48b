package org.splnet.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What captures get of the memory that there is for them.
class CaptureRoomTest {
    @Test
    void theFirstHaveMostAndDozensSomething() {
        CaptureRoom room = new CaptureRoom(CaptureRoom.OCTETS);
        List<Long> parts = new ArrayList<>();
        for (long part; (part = room.take()) > 0; ) {
            parts.add(part);
        }
        assertThat(parts.getFirst()).isEqualTo(32L << 20);
        assertThat(parts.getLast()).isEqualTo(256L << 10);
        assertThat(parts).hasSizeBetween(40, 60);
        assertThat(parts.stream().mapToLong(each -> each).sum()).isLessThanOrEqualTo(CaptureRoom.OCTETS);
        parts.forEach(room::giveBack);
        assertThat(room.take()).isEqualTo(32L << 20);
    }
}
