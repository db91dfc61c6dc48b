package org.splnet.client;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// A selector of the JDK's on which the Unix channels are registered, and what makes their readiness that of
/// the TCP and UDP channels on them.
///
/// It is the same but for what has been read already for the channel's own purposes (the answer to a connect,
/// the announcements of a listener): such channels are kept in `early`, and looked at before the system is
/// asked.
///
/// The monitors are those that [Selector] documents: this selector, its key set, its selected-key set.
final class SplnetSelector extends AbstractSelector {
    private final Selector inner;
    private final Set<SelectionKey> keys = ConcurrentHashMap.newKeySet();
    private final Set<SelectionKey> keysView = Collections.unmodifiableSet(keys);
    private final Set<SelectionKey> selected = new HashSet<>();
    private final Set<SelectionKey> selectedView = new RemoveOnlySet(selected);
    private final Set<SplnetKey> early = ConcurrentHashMap.newKeySet();
    private volatile boolean woken;

    SplnetSelector(SplnetSelectorProvider provider) throws IOException {
        super(provider);
        inner = NativeProvider.get().openSelector();
    }

    @Override
    protected void implCloseSelector() throws IOException {
        wakeup();                       // such a one as nothing takes from whoever selects
        synchronized (this) {
            synchronized (selectedView) {
                for (SelectionKey key : keys) {
                    ((SplnetKey) key).release();
                    deregister((SplnetKey) key);
                }
                keys.clear();
                selected.clear();
                inner.close();
            }
        }
    }

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
        if (!(channel instanceof Selectable) && channel.provider() != NativeProvider.get()) {
            throw new IllegalSelectorException();
        }
        SplnetKey key = new SplnetKey(this, channel);
        key.attach(attachment);
        keys.add(key);
        key.registered(ops);
        if (!isOpen()) {
            keys.remove(key);
            key.release();
            key.cancel();
            throw new ClosedSelectorException();
        }
        return key;
    }

    SelectionKey registerWithSystem(SelectableChannel unix, SplnetKey key) throws ClosedChannelException {
        return unix.register(inner, 0, key);
    }

    /// `key` may be ready though the system does not know.
    void early(SplnetKey key) {
        if (early.add(key)) {
            inner.wakeup();
        }
    }

    @Override
    public Set<SelectionKey> keys() {
        ensureOpen();
        return keysView;
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        ensureOpen();
        return selectedView;
    }

    @Override
    public int selectNow() throws IOException {
        return select(true, 0);
    }

    @Override
    public int select() throws IOException {
        return select(false, 0);
    }

    @Override
    public int select(long timeout) throws IOException {
        if (timeout < 0) {
            throw new IllegalArgumentException("Negative timeout");
        }
        return select(false, timeout);
    }

    @Override
    public Selector wakeup() {
        woken = true;
        inner.wakeup();
        return this;
    }

    private int select(boolean now, long timeout) throws IOException {
        long start = System.nanoTime();
        synchronized (this) {
            ensureOpen();
            synchronized (selectedView) {
                int news;
                long remaining = timeout;
                do {
                    news = round(now, remaining);
                    long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
                    remaining = timeout == 0 ? 0 : timeout - passed;
                    // A round without news: the octets were an answer's, or it was a wake-up of our own.
                } while (news == 0 && !now && !woken && isOpen() && (timeout == 0 || remaining > 0)
                        && !Thread.currentThread().isInterrupted() && selected.isEmpty());
                woken = false;
                return news;
            }
        }
    }

    private int round(boolean now, long timeout) throws IOException {
        forgetCancelled();
        Set<SplnetKey> news = new HashSet<>();      // both may have some of one key, which counts once
        for (SplnetKey key : List.copyOf(early)) {
            early.remove(key);          // before the look: what comes behind it is entered anew, and wakes
            int ops = key.isValid() ? key.readyEarly() : 0;
            if (ops != 0) {
                early.add(key);
                note(key, ops, news);
            }
        }
        List<SplnetKey> bySystem = new ArrayList<>();
        if (now || !news.isEmpty() || woken) {
            inner.selectNow(key -> bySystem.add((SplnetKey) key.attachment()));
        } else {
            inner.select(key -> bySystem.add((SplnetKey) key.attachment()), timeout);
        }
        if (!isOpen()) {
            return 0;
        }
        for (SplnetKey key : bySystem) {
            try {
                int ops = key.isValid() ? key.readyBySystem() : 0;
                if (ops != 0) {
                    note(key, ops, news);
                }
            } catch (CancelledKeyException e) {
                // it will be forgotten
            }
        }
        forgetCancelled();
        return news.size();
    }

    private void note(SplnetKey key, int ops, Set<SplnetKey> news) {
        if (key.note(ops, !selected.add(key))) {
            news.add(key);
        }
    }

    private void forgetCancelled() throws IOException {
        List<SelectionKey> cancelled;
        synchronized (cancelledKeys()) {
            cancelled = List.copyOf(cancelledKeys());
            cancelledKeys().clear();
        }
        if (cancelled.isEmpty()) {
            return;
        }
        for (SelectionKey key : cancelled) {
            SplnetKey ours = (SplnetKey) key;
            keys.remove(ours);
            selected.remove(ours);
            early.remove(ours);
            ours.release();
            deregister(ours);
        }
        // Only this makes the system's selector forget too. What it finds ready it will find again.
        inner.selectNow(key -> { });
        if (woken) {
            inner.wakeup();
        }
    }

    private void ensureOpen() {
        if (!isOpen()) {
            throw new ClosedSelectorException();
        }
    }
}
