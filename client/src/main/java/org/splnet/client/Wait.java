package org.splnet.client;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Where one thread at a time waits for a non-blocking Unix channel: a socket has one of these for its reader
/// and one for its writer.
///
/// The waiting is done by a selector that is borrowed for it. Since JDK 25 that parks a virtual thread and
/// does not hold up its carrier. Idle selectors (two descriptors each) are kept, up to [#IDLE_LIMIT].
final class Wait {
    /// Why a wait ended.
    enum End {
        /// The channel may be ready, or closed: try again.
        TRY,
        /// The thread is interrupted, and its interrupt status still set.
        INTERRUPTED
    }

    /// How a waiting thread takes an interrupt.
    enum Interrupts {
        /// As `java.net` does: a virtual thread's wait ends, a platform thread waits on.
        VIRTUAL_ONLY,
        /// As channels do: the wait ends.
        ALWAYS,
        /// Not at all: for what is soon over, between us and the daemon.
        NEVER;

        /// As it is of a socket.
        ///
        /// @param face the channel whose other face it is; null for none
        static Interrupts of(Channel face) {
            return face == null ? VIRTUAL_ONLY : ALWAYS;
        }
    }

    private static final int IDLE_LIMIT = 64;
    private static final ConcurrentLinkedDeque<Selector> IDLE = new ConcurrentLinkedDeque<>();
    private static final AtomicInteger IDLE_COUNT = new AtomicInteger();

    private volatile Selector waiting;
    private volatile boolean woken;             // since the wait before this one

    /// A call of `channel` begins that waits if it is a blocking one: whoever is interrupted already closes
    /// it, whether there is anything to wait for or not ([java.nio.channels.InterruptibleChannel]).
    static void begins(SelectableChannel channel) throws IOException {
        if (channel.isBlocking() && Thread.currentThread().isInterrupted()) {
            channel.close();
            throw new ClosedByInterruptException();
        }
    }

    /// Waits until `channel` is ready for `ops`, somebody calls [#wake], or `nanos` have passed; perhaps less
    /// long. Not at all if somebody has called it since the last wait: the caller may have looked before what
    /// that was about.
    ///
    /// @param nanos how long; 0 is for ever
    End await(SelectableChannel channel, int ops, long nanos, Interrupts interrupts) throws IOException {
        boolean deaf = interrupts == Interrupts.NEVER
                || interrupts == Interrupts.VIRTUAL_ONLY && !Thread.currentThread().isVirtual();
        boolean interrupted = deaf && Thread.interrupted();
        try {
            Selector selector = borrow();
            try {
                waiting = selector;
                if (!woken) {
                    select(selector, channel, ops, nanos);
                }
            } finally {
                woken = false;
                waiting = null;
                giveBack(selector);
            }
        } finally {
            interrupted |= deaf && Thread.interrupted();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return !deaf && Thread.currentThread().isInterrupted() ? End.INTERRUPTED : End.TRY;
    }

    /// Ends the wait that is under way, or the next. The caller has changed before what the waiting thread
    /// looks at.
    void wake() {
        woken = true;
        Selector selector = waiting;
        if (selector != null) {
            selector.wakeup();
        }
    }

    /// True if both directions of `channel` have ended at once.
    ///
    /// The JDK reports POLLHUP as readiness for everything that was asked for, even for OP_CONNECT of a
    /// channel that is connected, which nothing else makes ready.
    static boolean hungUp(SocketChannel channel) throws IOException {
        Selector selector = borrow();
        try {
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
            try {
                selector.selectNow();
                return isReady(key);
            } finally {
                key.cancel();
            }
        } finally {
            giveBack(selector);
        }
    }

    /// Whether something is ready, if only because somebody has closed the channel meanwhile: the caller
    /// finds out.
    static boolean isReady(SelectionKey key) {
        try {
            return key.readyOps() != 0;
        } catch (CancelledKeyException e) {
            return true;
        }
    }

    private static void select(Selector selector, SelectableChannel channel, int ops, long nanos)
            throws IOException {
        SelectionKey key;
        try {
            key = channel.register(selector, ops);
        } catch (ClosedChannelException e) {
            return; // the caller finds out
        }
        try {
            // Rounded up: to ask in time but in vain would be a busy loop.
            selector.select(nanos == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos - 1) + 1);
        } finally {
            key.cancel();
        }
    }

    private static Selector borrow() throws IOException {
        Selector idle = IDLE.pollFirst();
        if (idle == null) {
            return NativeProvider.get().openSelector();
        }
        IDLE_COUNT.decrementAndGet();
        return idle;
    }

    private static void giveBack(Selector selector) throws IOException {
        try {
            // Forgets the cancelled key, and a wake-up that came too late.
            selector.selectNow();
            selector.selectedKeys().clear();
        } catch (IOException | ClosedSelectorException e) {
            selector.close();
            return;
        }
        if (IDLE_COUNT.incrementAndGet() <= IDLE_LIMIT) {
            IDLE.addFirst(selector);
        } else {
            IDLE_COUNT.decrementAndGet();
            selector.close();
        }
    }
}
