package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    /// As long as we have not ended ours, both directions end at once by breaking only, whatever a daemon
    /// knows that has been started since.
    @Test
    void whatAnotherDaemonKnowsNothingOfHasBroken() throws Exception {
        try (Pair read = Pair.of(splnet.socket()); Pair written = Pair.of(splnet.socket())) {
            for (SocketChannel unix : daemon.open) {
                unix.close();
            }
            assertThatThrownBy(() -> read.socket().getInputStream().read()).hasMessage("Connection reset");
            var out = written.socket().getOutputStream();
            assertThatThrownBy(() -> out.write(1)).hasMessage("Connection reset by peer");
            assertThatThrownBy(() -> out.write(1)).hasMessage("Broken pipe");
            assertThat(written.socket().getInputStream().read()).isEqualTo(-1);
            assertThat(daemon.asked.get()).isEqualTo(2);
        }
    }

    /// As with Linux: behind a FIN a reset is what the program has brought on itself.
    @Test
    void whoHasReadTheEndHasABrokenPipeWhenTheDaemonHasGone() throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            pair.peer().shutdownOutput();
            assertThat(pair.socket().getInputStream().read()).isEqualTo(-1);
            daemon.errors.put(daemon.ids.get(), "ECONNRESET");      // what another says of a strange number
            daemon.fins.clear();
            for (SocketChannel unix : daemon.open) {
                unix.close();
            }
            until(() -> daemon.open.isEmpty());
            assertThatThrownBy(() -> pair.socket().getOutputStream().write(1))
                    .isExactlyInstanceOf(SocketException.class).hasMessage("Broken pipe");
        }
    }

    @Test
    void aCloseBeforeTheAnswerHasComeIsNoReset() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, Pair.LOOPBACK)) {
            var connecting = new Connection(splnet);
            connecting.reading.lock();
            var to = (InetSocketAddress) server.getLocalSocketAddress();
            Locks.both(connecting, () -> connecting.connect(to));
            connecting.close();
            assertThatThrownBy(connecting::finishConnect).isInstanceOf(ClosedChannelException.class);
        }
        var end = new InetSocketAddress(Pair.LOOPBACK, 9);
        for (boolean whole : new boolean[] {true, false}) {
            var accepted = new Connection(splnet, new Announcement(1, end, end), Map.of(), splnet.open());
            accepted.reading.lock();
            if (whole) {
                accepted.close();
            } else {
                accepted.unix().close();        // by an interrupt; the rest follows
            }
            assertThatThrownBy(() -> accepted.read(ByteBuffer.allocate(1)))
                    .isInstanceOf(ClosedChannelException.class);
        }
    }

    /// Nobody takes what is written on the connections that are accepted, for now.
    private CountDownLatch nobodyTakesWhatIsWritten() {
        var taken = new CountDownLatch(1);
        daemon.beforeAttach = () -> waitFor(taken);
        return taken;
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shutdownOutputEndsAWriteByAnother(boolean virtual) throws Exception {
        CountDownLatch taken = nobodyTakesWhatIsWritten();
        try (ServerSocket server = splnet.serverSocketFactory().createServerSocket(0, 0, Pair.LOOPBACK);
                Socket peer = new Socket(Pair.LOOPBACK, server.getLocalPort());
                Socket socket = server.accept()) {
            var writing = Doing.by(kind(virtual), () -> {
                socket.getOutputStream().write(new byte[64 << 20]);
                return null;
            }).untilItWaits();
            socket.shutdownOutput();
            assertThat(writing.thrown()).isExactlyInstanceOf(SocketException.class).hasMessage("Broken pipe");
            assertThat(socket.isClosed()).isFalse();
            taken.countDown();
            assertThat(peer.getInputStream().readAllBytes()).isNotEmpty();
        }
    }

    @Test
    void aChannelsWriterIsToldWhatIsOnItsWayAndOtherwiseOfTheEnd() throws Exception {
        CountDownLatch taken = nobodyTakesWhatIsWritten();
        try (ServerSocketChannel server = splnet.selectorProvider().openServerSocketChannel()) {
            server.bind(new InetSocketAddress(Pair.LOOPBACK, 0));
            for (boolean some : new boolean[] {true, false}) {
                try (Socket peer = new Socket(Pair.LOOPBACK, server.socket().getLocalPort());
                        SocketChannel channel = server.accept()) {
                    int before = some ? 0 : fill(channel);
                    int more = 64 << 20;
                    var writing = Doing.by(kind(false), () -> channel.write(ByteBuffer.allocate(more)))
                            .untilItWaits();
                    channel.shutdownOutput();
                    if (some) {
                        before = writing.value();
                    } else {
                        assertThat(writing.thrown()).isExactlyInstanceOf(AsynchronousCloseException.class);
                    }
                    assertThat(channel.isOpen()).isTrue();
                    taken.countDown();
                    assertThat(peer.getInputStream().readAllBytes()).hasSize(before);
                }
                taken = nobodyTakesWhatIsWritten();
            }
        }
    }

    /// Writes all that there is room for.
    private static int fill(SocketChannel channel) throws Exception {
        channel.configureBlocking(false);
        int written = 0;
        for (int n; (n = channel.write(ByteBuffer.allocate(1 << 16))) > 0; ) {
            written += n;
        }
        channel.configureBlocking(true);
        return written;
    }

    @Test
    void whatCameBeforeAResetIsReadIntoSeveralBuffers() throws Exception {
        try (SocketChannel channel = splnet.selectorProvider().openSocketChannel();
                Pair pair = Pair.of(channel.socket())) {
            pair.peer().getOutputStream().write(new byte[5]);
            assertThat(channel.read(ByteBuffer.allocate(1))).isOne();       // and now all of it is here
            pair.reset();
            until(() -> daemon.open.isEmpty());
            ByteBuffer[] two = {ByteBuffer.allocate(4), ByteBuffer.allocate(4)};
            assertThat(channel.read(two)).isEqualTo(4);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> channel.read(two)).isExactlyInstanceOf(SocketException.class)
                        .hasMessage("Connection reset");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void behindAFinAResetIsTheEndForWhoReadsAndABrokenPipeForWhoWrites(boolean reads) throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            daemon.fins.add(daemon.ids.get());
            pair.reset();
            until(() -> daemon.open.isEmpty());
            if (reads) {
                assertThat(pair.socket().getInputStream().read()).isEqualTo(-1);
            }
            assertThatThrownBy(() -> pair.socket().getOutputStream().write(1))
                    .isExactlyInstanceOf(SocketException.class).hasMessage("Broken pipe");
        }
    }

    /// The daemon tells it once: what the reader was told and could not use is the writer's.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatBrokeItBehindAFinIsForWhoWritesWhoeverHeardOfItFirst(boolean reads) throws Exception {
        try (Pair pair = Pair.of(splnet.socket())) {
            daemon.fins.add(daemon.ids.get());
            daemon.errors.put(daemon.ids.get(), "ETIMEDOUT");
            pair.reset();
            until(() -> daemon.open.isEmpty());
            for (int i = 0; reads && i < 2; i++) {
                assertThat(pair.socket().getInputStream().read()).isEqualTo(-1);
            }
            for (String words : new String[] {"Connection timed out", "Broken pipe"}) {
                assertThatThrownBy(() -> pair.socket().getOutputStream().write(1))
                        .isInstanceOf(SocketException.class).hasMessage(words);
            }
        }
    }

    /// Who reads and who writes ask why at the same time: one is told.
    @ParameterizedTest
    @CsvSource({"true, false", "true, true", "false, false", "false, true"})
    void ofTwoAtOnceOneIsToldWhatBrokeIt(boolean readsFirst, boolean fin) throws Exception {
        var answered = new CountDownLatch(1);
        try (Pair pair = Pair.of(splnet.socket())) {
            long id = daemon.ids.get();
            daemon.errors.put(id, "ETIMEDOUT");
            if (fin) {
                daemon.fins.add(id);
            }
            daemon.beforeError = () -> waitFor(answered);
            pair.reset();
            until(() -> daemon.open.isEmpty());
            Callable<Integer> read = () -> pair.socket().getInputStream().read();
            Callable<Integer> write = () -> {
                pair.socket().getOutputStream().write(1);
                return null;
            };
            var first = Doing.by(kind(false), readsFirst ? read : write);
            until(() -> daemon.asked.get() == 1);
            var second = Doing.by(kind(false), readsFirst ? write : read);
            until(() -> daemon.asked.get() == 2 || second.thread().getState() == Thread.State.WAITING);
            answered.countDown();
            var reader = readsFirst ? first : second;
            var writer = readsFirst ? second : first;
            if (readsFirst && !fin) {
                assertThat(reader.thrown()).hasMessage("Connection timed out");
                assertThat(writer.thrown()).hasMessage("Broken pipe");
            } else {
                assertThat(reader.value()).isEqualTo(-1);
                assertThat(writer.thrown()).hasMessage("Connection timed out");
            }
            assertThat(daemon.asked.get()).isOne();
        } finally {
            answered.countDown();
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

    /// Nor does what it accepts where a listener does not linger.
    @Test
    void andAConnectionOfSuchAListener() throws Exception {
        try (ServerSocketChannel server = splnet.selectorProvider().openServerSocketChannel();
                Selector selector = splnet.selectorProvider().openSelector()) {
            server.setOption(StandardSocketOptions.SO_LINGER, 0);
            server.bind(new InetSocketAddress(Pair.LOOPBACK, 0));
            try (Socket peer = new Socket(Pair.LOOPBACK, server.socket().getLocalPort());
                    Pair pair = new Pair(server.accept().socket(), peer)) {
                pair.socket().getChannel().configureBlocking(false).register(selector, SelectionKey.OP_READ);
                selector.selectNow();
                pair.socket().close();
                peer.setSoTimeout(30);
                assertThatThrownBy(() -> peer.getInputStream().read())
                        .isInstanceOf(SocketTimeoutException.class);
                selector.selectNow();
                isReset(pair);
            }
        }
    }
}
