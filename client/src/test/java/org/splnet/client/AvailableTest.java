package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What `InputStream.available` tells of a connection on splnet.
class AvailableTest extends MockTest {
    private static void untilAvailable(InputStream in, int octets) {
        until(() -> {
            try {
                return in.available() == octets;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void growsWithoutAnybodyReading() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            InputStream in = pair.socket().getInputStream();
            byte[] sent = new byte[20_000];
            int n = 0;
            for (int until : new int[] {1, 10, sent.length}) {
                for (int i = n; i < until; i++) {
                    sent[i] = (byte) (i * 7);
                }
                pair.peer().getOutputStream().write(sent, n, until - n);
                untilAvailable(in, until);
                n = until;
            }
            assertThat(in.readNBytes(sent.length)).isEqualTo(sent);
            assertThat(in.available()).isZero();
        }
    }

    @Test
    void growsBehindWhatHasBeenRead() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            InputStream in = pair.socket().getInputStream();
            pair.peer().getOutputStream().write(new byte[] {1, 2, 3});
            untilAvailable(in, 3);
            assertThat(in.read()).isOne();
            pair.peer().getOutputStream().write(new byte[] {4, 5});
            untilAvailable(in, 4);
            assertThat(in.readNBytes(4)).containsExactly(2, 3, 4, 5);
        }
    }

    @Test
    void growsUpToALimitWithoutAskingTheDaemon() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            InputStream in = pair.socket().getInputStream();
            byte[] sent = new byte[150_000];
            new SplittableRandom(1).nextBytes(sent);
            pair.peer().getOutputStream().write(sent);
            pair.peer().shutdownOutput();
            untilAvailable(in, 64 << 10);
            var read = new ByteArrayOutputStream();
            until(() -> {
                try {
                    while (in.available() > 0) {
                        read.write(in.readNBytes(in.available()));
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                return read.size() == sent.length;
            });
            assertThat(read.toByteArray()).isEqualTo(sent);
            assertThat(daemon.open).as("the stream's, and none for a question").hasSize(1);
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void whatItHasReadIsToldToASelector() throws Exception {
        try (SocketChannel channel = splnet.selectorProvider().openSocketChannel();
                Selector selector = splnet.selectorProvider().openSelector();
                Pair pair = Pair.of(channel.socket())) {
            InputStream in = pair.socket().getInputStream();
            channel.configureBlocking(false).register(selector, SelectionKey.OP_READ);
            pair.peer().getOutputStream().write(1);
            untilAvailable(in, 1);
            assertThat(selector.selectNow()).isOne();
        }
    }

    @Test
    void aBrokenConnectionIsForTheReaderToFind() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            InputStream in = pair.socket().getInputStream();
            daemon.errors.put(daemon.ids.get(), "ETIMEDOUT");
            pair.peer().getOutputStream().write(new byte[] {1, 2, 3, 4});
            assertThat(in.read()).isOne();
            pair.reset();
            until(() -> daemon.open.isEmpty());
            for (int i = 0; i < 3; i++) {
                assertThat(in.available()).isEqualTo(3);
            }
            assertThat(in.readNBytes(3)).containsExactly(2, 3, 4);
            assertThat(in.available()).isZero();
            assertThatThrownBy(in::read).isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Connection timed out");
        }
    }
}
