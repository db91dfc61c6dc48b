package org.splnet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/// What another thread does while one is in the midst of a selection, or of a change.
class SelectorRaceTest extends MockTest {
    /// A channel of splnet's, whose word is the test's.
    private static final class Scripted extends AbstractSelectableChannel implements Selectable {
        private final Keys keys = new Keys();
        private final SelectableChannel unix;
        private volatile IntUnaryOperator unixOps = ops -> ops;
        private volatile boolean early;
        private volatile Runnable behindTheLook;
        private volatile Runnable atTheKeys;

        Scripted(Splnet splnet, SelectableChannel unix) {
            super(splnet.selectorProvider());
            this.unix = unix;
        }

        @Override
        public SelectableChannel unix() {
            return unix;
        }

        @Override
        public int unixOps(int ops) {
            return unixOps.applyAsInt(ops);
        }

        @Override
        public int ready(int unixReady) {
            return unixReady;
        }

        @Override
        public int early() {
            boolean seen = early;
            Runnable next = behindTheLook;
            behindTheLook = null;
            if (next != null) {
                next.run();
            }
            return seen ? SelectionKey.OP_READ : 0;
        }

        @Override
        public Keys keys() {
            Runnable next = atTheKeys;
            atTheKeys = null;
            if (next != null) {
                next.run();
            }
            return keys;
        }

        @Override
        public int validOps() {
            return SelectionKey.OP_READ;
        }

        @Override
        protected void implCloseSelectableChannel() {
        }

        @Override
        protected void implConfigureBlocking(boolean block) {
        }
    }

    @Test
    void whatBecomesReadyBehindTheLookIsSeenByTheNext() throws Exception {
        try (Selector selector = splnet.selectorProvider().openSelector();
                Scripted channel = new Scripted(splnet, null)) {
            channel.configureBlocking(false);
            channel.early = true;
            channel.register(selector, SelectionKey.OP_READ);
            channel.early = false;
            channel.behindTheLook = () -> {
                channel.early = true;
                channel.keys.early();
            };
            assertThat(selector.selectNow()).isZero();
            assertThat(selector.select(20_000)).isOne();
        }
    }

    @Test
    void aCloseEndsASelectionThatForgetsAKeyAtThisMoment() throws Exception {
        Selector selector = splnet.selectorProvider().openSelector();
        try (Scripted channel = new Scripted(splnet, null)) {
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ).cancel();
            Thread closing = Thread.ofPlatform().daemon().unstarted(() -> {
                try {
                    selector.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            channel.atTheKeys = () -> {
                closing.start();
                until(() -> closing.getState() == Thread.State.BLOCKED);
            };
            assertThat(Doing.by(Thread.ofPlatform().daemon(), () -> selector.select()).value()).isZero();
            closing.join();
        }
    }

    @Test
    void nothingIsRegisteredWithASelectorThatIsClosed() throws Exception {
        Pipe pipe = NativeProvider.get().openPipe();
        pipe.source().configureBlocking(false);
        for (SelectableChannel unix : new SelectableChannel[] {null, pipe.source()}) {
            Selector selector = splnet.selectorProvider().openSelector();
            try (Scripted channel = new Scripted(splnet, unix)) {
                channel.configureBlocking(false);
                selector.close();
                assertThatThrownBy(() -> channel.register(selector, SelectionKey.OP_READ))
                        .isExactlyInstanceOf(ClosedSelectorException.class);
                assertThat(channel.isRegistered()).isFalse();
                channel.unixOps = ops -> {
                    throw new AssertionError("somebody has kept the key");
                };
                channel.keys().changed();
            }
        }
        pipe.sink().close();
        pipe.source().close();
    }

    @Test
    void theLastOfTwoInterestsCounts() throws Exception {
        Pipe pipe = NativeProvider.get().openPipe();
        pipe.source().configureBlocking(false);
        try (Selector selector = splnet.selectorProvider().openSelector();
                Scripted channel = new Scripted(splnet, pipe.source()); var sink = pipe.sink()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            Thread second = Thread.ofPlatform().unstarted(() -> key.interestOps(SelectionKey.OP_READ));
            channel.unixOps = ops -> {
                channel.unixOps = mine -> mine;
                second.start();
                until(() -> second.getState() == Thread.State.BLOCKED
                        || second.getState() == Thread.State.TERMINATED);
                return ops;
            };
            key.interestOps(0);
            second.join();
            sink.write(ByteBuffer.allocate(1));
            assertThat(selector.select(20_000)).isOne();
        }
    }

    @Test
    void whoHasTheSelectedKeysHoldsUpASelection() throws Exception {
        try (Selector selector = splnet.selectorProvider().openSelector()) {
            Doing<Integer> selecting;
            synchronized (selector.selectedKeys()) {
                selecting = Doing.by(Thread.ofPlatform(), selector::selectNow);
                Thread thread = selecting.thread();
                until(() -> waitsFor(thread, selector.selectedKeys()) || !thread.isAlive());
                assertThat(thread.isAlive()).isTrue();
            }
            assertThat(selecting.value()).isZero();
        }
    }

    /// Whoever asks if it has hung up finds out that it is closed.
    @Test
    void aChannelThatIsClosedUnderALookIsReady() throws Exception {
        Pipe pipe = Pipe.open();
        try (Selector selector = Selector.open()) {
            pipe.source().configureBlocking(false);
            SelectionKey key = pipe.source().register(selector, SelectionKey.OP_READ);
            assertThat(Wait.isReady(key)).isFalse();
            pipe.source().close();
            assertThat(Wait.isReady(key)).isTrue();
            pipe.sink().close();
        }
    }

    private static boolean waitsFor(Thread thread, Object monitor) {
        ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.threadId());
        return info != null && info.getLockInfo() != null
                && info.getLockInfo().getIdentityHashCode() == System.identityHashCode(monitor);
    }
}
