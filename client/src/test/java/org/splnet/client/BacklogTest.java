package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A daemon whose backlog is full: Linux tells a non-blocking Unix connect so at once, and nobody when to
/// come again.
@Timeout(60)
class BacklogTest {
    private static final int MANY = 20;

    @Test
    void whoFindsItFullComesAgainUntilHisLimit() throws Exception {
        try (MockSilent silent = new MockSilent()) {
            List<UnixStream> in = new ArrayList<>();
            Splnet hasty = silent.splnet().limit(Duration.ofMillis(20));
            assertThatThrownBy(() -> {
                while (in.size() < MANY) {
                    in.add(hasty.open());
                }
            }).isExactlyInstanceOf(ConnectException.class)
                    .hasMessageContaining(silent.splnet().path().toString());
            assertThat(in).hasSizeBetween(1, MANY - 1);
            List<MockTest.Doing<UnixStream>> coming = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                coming.add(MockTest.Doing.by(i % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform(),
                        () -> silent.splnet().open()));
            }
            List<SocketChannel> accepted = new ArrayList<>();
            for (int i = 0; i < MANY + in.size(); i++) {
                accepted.add(silent.server.accept());
            }
            for (MockTest.Doing<UnixStream> each : coming) {
                each.result().get(20, TimeUnit.SECONDS).close();
            }
            for (UnixStream each : in) {
                each.close();
            }
            for (SocketChannel each : accepted) {
                each.close();
            }
        }
    }
}
