package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How a connection on splnet ends while somebody does something with it.
class StreamEndsTest extends MockTest {
    private static void isReset(Pair pair) throws Exception {
        pair.peer().setSoTimeout(20_000);
        assertThatThrownBy(() -> pair.peer().getInputStream().read())
                .isExactlyInstanceOf(SocketException.class).hasMessage("Connection reset");
    }

    private static Thread.Builder kind(boolean virtual) {
        return virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCloseThatDoesNotLingerResetsUnderAReader(boolean virtual) throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            pair.socket().setSoLinger(true, 0);
            var reading = Doing.by(kind(virtual), () -> pair.socket().getInputStream().read()).untilItWaits();
            pair.socket().close();
            assertThat(reading.thrown()).hasMessage("Socket closed");
            isReset(pair);
        }
    }

    /// The descriptor is the selector's until its next selection, as it is with the JDK's channels.
    @Test
    void soItDoesUnderASelector() throws Exception {
        SocketChannel channel = splnet.selectorProvider().openSocketChannel();
        try (Selector selector = splnet.selectorProvider().openSelector();
                Pair pair = Pair.of(channel.socket())) {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.configureBlocking(false).register(selector, SelectionKey.OP_READ);
            selector.selectNow();
            channel.close();
            pair.peer().setSoTimeout(30);
            assertThatThrownBy(() -> pair.peer().getInputStream().read())
                    .isInstanceOf(SocketTimeoutException.class);
            selector.selectNow();
            isReset(pair);
        }
    }
}
