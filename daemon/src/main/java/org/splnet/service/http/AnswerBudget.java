package org.splnet.service.http;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.splnet.kern.Witness;

/// What all answers of a server may take together that are rendered and not sent yet. An answer that tells
/// of each connection grows with their number, and clients that take none of it make so many of them wait:
/// the memory grew with the square. Any thread that may wait.
///
/// One is rendered at a time, since nobody knows before how long it will be. So no more is held than the
/// limit and one answer beyond it, and only one is in the making.
public final class AnswerBudget {
    private final long limit;
    private final AtomicLong held = new AtomicLong();
    private final Semaphore rendering = new Semaphore(1, true);

    /// @param limit octets from which on nothing more is rendered
    public AnswerBudget(long limit) {
        this.limit = limit;
    }

    /// Renders an answer once it is its turn. It is charged until it is given back by [#sent].
    ///
    /// @return null if there is no room
    byte[] render(Supplier<byte[]> answer) throws InterruptedException {
        Witness.beforeBlocking("rendering an answer");
        rendering.acquire();
        try {
            if (held.get() >= limit) {
                return null;
            }
            byte[] octets = answer.get();
            held.addAndGet(octets.length);
            return octets;
        } finally {
            rendering.release();
        }
    }

    /// What [#render] gave is sent, or will not be.
    void sent(byte[] octets) {
        held.addAndGet(-octets.length);
    }
}
