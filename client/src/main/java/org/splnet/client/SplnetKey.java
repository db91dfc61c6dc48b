package org.splnet.client;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;

/// A channel registered with a [SplnetSelector], and behind it what is registered with the system's.
final class SplnetKey extends AbstractSelectionKey {
    private final SplnetSelector selector;
    private final AbstractSelectableChannel channel;
    private final Selectable selectable; // null for a channel of the JDK's
    private volatile SelectionKey inner; // null as long as there is nothing to register
    private boolean released;            // guarded by this
    private volatile int interest;
    private volatile int ready;

    SplnetKey(SplnetSelector selector, AbstractSelectableChannel channel) {
        this.selector = selector;
        this.channel = channel;
        selectable = channel instanceof Selectable ours ? ours : null;
    }

    /// Begins with this interest.
    void registered(int ops) {
        interest = ops;
        if (selectable != null) {
            selectable.keys().add(this);
        }
        update();
    }

    /// Forgets what is registered with the system.
    void release() {
        synchronized (this) {
            released = true;
            if (inner != null) {
                inner.cancel();
            }
        }
        if (selectable != null) {
            selectable.keys().remove(this);
        }
    }

    private SelectionKey inner() throws ClosedChannelException {
        SelectableChannel unix = selectable == null ? channel : selectable.unix();
        if (inner == null && unix != null && !released) {
            inner = selector.registerWithSystem(unix, this);
        }
        return inner;
    }

    @Override
    public SelectableChannel channel() {
        return channel;
    }

    @Override
    public Selector selector() {
        return selector;
    }

    @Override
    public int interestOps() {
        checkValid();
        return interest;
    }

    @Override
    public SelectionKey interestOps(int ops) {
        checkValid();
        if ((ops & ~channel.validOps()) != 0) {
            throw new IllegalArgumentException("interest " + ops + " is not in " + channel.validOps());
        }
        interest = ops;
        update();
        return this;
    }

    @Override
    public int readyOps() {
        checkValid();
        return ready;
    }

    private void checkValid() {
        if (!isValid()) {
            throw new CancelledKeyException();
        }
    }

    /// Tells the system what to wait for.
    synchronized void update() {
        try {
            SelectionKey systems = inner();
            if (systems != null) {
                systems.interestOps(selectable == null ? interest : selectable.unixOps(interest));
            }
        } catch (CancelledKeyException | ClosedChannelException | ClosedSelectorException e) {
            return; // there is nothing to wait for any more
        }
        early();
    }

    /// Has the selector look, if the channel may be ready without the system's knowing.
    void early() {
        if (selectable != null && (selectable.early() & interest) != 0) {
            selector.early(this);
        }
    }

    /// What the channel is ready for of what is asked for, now that the system has said something of it.
    int readyBySystem() {
        int systems = inner.readyOps();
        return (selectable == null ? systems : selectable.ready(systems)) & interest;
    }

    /// The same where the system has not been asked.
    int readyEarly() {
        return selectable == null ? 0 : selectable.early() & interest;
    }

    /// Notes what it is ready for.
    ///
    /// @param selected whether it is among the selected keys, so that what it was ready for stays
    /// @return whether that is news
    boolean note(int ops, boolean selected) {
        int before = selected ? ready : 0;
        ready = before | ops;
        return !selected || ready != before;
    }
}
