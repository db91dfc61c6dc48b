package org.splnet.unix;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Closes descriptors that somebody else has made, one after the other, by a thread of its own that is there
/// while it is needed. Who closes a file as the last may have to wait for as long as its maker likes: a TCP
/// socket of the host's lingers (SO_LINGER), a file system in user space does not answer.
public final class Closer {
    /// Of the descriptors there are a small part, but more than come with one message; and more than the
    /// sockets of most processes, all of which end with it.
    private static final long MOST = Math.clamp(Fd.CEILING / 16, 256, 4096);

    private final AtomicInteger waiting = new AtomicInteger();
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), Thread.ofPlatform().daemon().name("closer").factory());

    /// One without a thread yet.
    public Closer() {
        thread.allowCoreThreadTimeOut(true);
    }

    /// Closes it soon; what is no descriptor (negative) is none. Any thread.
    public void close(int fd) {
        if (fd >= 0) {
            waiting.incrementAndGet();
            thread.execute(() -> {
                Fd.mine().close(fd);
                waiting.decrementAndGet();
            });
        }
    }

    /// True if there is nothing to be closed. Any thread.
    public boolean idle() {
        return waiting.get() == 0;
    }

    /// True if so much is still to be closed that nothing more should be taken from where it came from. Any
    /// thread.
    public boolean full() {
        return waiting.get() >= MOST;
    }
}
