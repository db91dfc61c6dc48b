package org.splnet.control;

/// A stream that counts among those of its reader's user. By the poller's thread.
final class CountedStream implements PullStream {
    private final PullStream stream;
    private final Account account;
    private boolean closed;

    /// @param account which has counted it already, see [Account#streamOpened]
    CountedStream(PullStream stream, Account account) {
        this.stream = stream;
        this.account = account;
    }

    @Override
    public String type() {
        return stream.type();
    }

    @Override
    public void start(Runnable wakeup) {
        stream.start(wakeup);
    }

    @Override
    public byte[] next() {
        return stream.next();
    }

    @Override
    public boolean ended() {
        return stream.ended();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            account.streamClosed();
            stream.close();
        }
    }
}
