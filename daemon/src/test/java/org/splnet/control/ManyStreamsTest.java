package org.splnet.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Who draws from more streams of events than one can look at.
class ManyStreamsTest extends LentBed {
    /// The stack's threads tell each of them of everything.
    @Test
    void oneUserHasAFewStreamsAtMost() throws Exception {
        String request = "GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n";
        List<LentClient> all = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            all.add(new LentClient(socket).write(request).answered());
            assertThat(all.getLast().status).as("stream %d", i).isEqualTo(200);
        }
        try (LentClient another = new LentClient(socket).write(request).answered()) {
            assertThat(another.status).isEqualTo(429);
            assertThat(another.body).contains("16 streams");
            assertThat(another.ask("GET", "/v1/sockets", null).status).isEqualTo(200);
        }
        all.removeFirst().close();
        until(() -> {
            try (LentClient again = new LentClient(socket).write(request).answered()) {
                return again.status == 200;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        for (LentClient each : all) {
            each.close();
        }
    }
}
