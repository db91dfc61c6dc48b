package org.splnet.netif.stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;

/// The peer listens, we connect, again and again until it is there.
final class Dialling implements Meeting {
    /// Unnoticed by a person who starts a machine, and no load.
    private static final long RETRY_NS = 250_000_000L;
    private static final long PAUSE_NS = 1_000_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger("splnet.stream");

    private final String path;
    private boolean tried;
    private long nextNs;
    private int logged;

    Dialling(String path) {
        this.path = path;
    }

    @Override
    public int meet(long nowNs) {
        if (dueNs(nowNs) > 0) {
            return -1;
        }
        later(nowNs, RETRY_NS);
        int fd = Fd.mine().connect(path);
        if (fd >= 0) {
            logged = 0;
            return fd;
        }
        if (logged != fd) {
            logged = fd;
            log(-fd);
        }
        return -1;
    }

    // Once per cause. That nobody is there yet is how machines are started, and no reason to worry.
    private void log(int errno) {
        switch (errno) {
            case Errno.ENOENT, Errno.ECONNREFUSED -> LOG.info("stream waits path={}: nobody listens there"
                    + " yet: start the machine with -netdev stream,...,server=on,addr.type=unix,addr.path={}",
                    path, path);
            case Errno.EACCES -> LOG.warn("stream refused path={} cause=permission denied: the daemon's user"
                    + " must be allowed to write to the socket, and to pass its directories", path);
            case Errno.EAGAIN -> LOG.warn("stream waits path={}: the machine's backlog is full, somebody else"
                    + " is connected to it", path);
            default -> LOG.warn("stream cannot connect path={} cause={}", path, Errno.name(errno));
        }
    }

    @Override
    public int descriptor(long nowNs) {
        return -1;
    }

    @Override
    public long dueNs(long nowNs) {
        return tried ? Math.max(0, nextNs - nowNs) : 0;
    }

    @Override
    public void pause(long nowNs) {
        later(nowNs, PAUSE_NS);
    }

    private void later(long nowNs, long byNs) {
        tried = true;
        nextNs = nowNs + byNs;
    }

    @Override
    public void close() {
        // nothing was made
    }
}
