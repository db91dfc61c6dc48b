package org.splnet.netif.stream;

import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.net.DeviceException;
import org.splnet.relay.HostException;
import org.splnet.relay.SocketFile;
import org.splnet.unix.Errno;
import org.splnet.unix.Fd;

/// We listen, the peer connects. Those that come while one is there wait in the backlog.
final class Listening implements Meeting {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.stream");
    private static final int BACKLOG = 4;
    private static final long PAUSE_NS = 1_000_000_000L;

    private final SocketFile file;
    private final int listener;
    private boolean paused;
    private long resumeNs;

    private Listening(SocketFile file, int listener) {
        this.file = file;
        this.listener = listener;
    }

    /// Makes the socket; a stale one is replaced.
    ///
    /// @throws DeviceException if it cannot be had: somebody listens there, or this user may not
    static Listening at(Path path) throws DeviceException {
        SocketFile file;
        try {
            file = SocketFile.at(path, StreamOptions.PATH);
        } catch (HostException e) {
            throw new DeviceException(StreamOptions.PATH + ": " + e.getMessage(), e);
        }
        int fd = -1;
        try {
            fd = Fd.mine().listen(file.address().getPath().toString(), BACKLOG);
            file.publish();
            return new Listening(file, fd);
        } catch (IOException e) {
            if (fd >= 0) {
                Fd.mine().close(fd);
            }
            file.remove();
            throw new DeviceException(StreamOptions.PATH + ": " + file.failure(e).getMessage(), e);
        }
    }

    @Override
    public int meet(long nowNs) {
        if (paused(nowNs)) {
            return -1;
        }
        int fd = Fd.mine().accept(listener);
        if (fd >= 0) {
            return fd;
        }
        if (fd != -Errno.EAGAIN && fd != -Errno.EINTR) {
            // it would be ready again at once, and no better
            pause(nowNs);
            LOG.warn("stream cannot accept cause={}", fd == -Errno.EMFILE || fd == -Errno.ENFILE
                    ? "too many open files: raise the limit (ulimit -n, LimitNOFILE=)" : Errno.name(-fd));
        }
        return -1;
    }

    @Override
    public int descriptor(long nowNs) {
        return paused(nowNs) ? -1 : listener;
    }

    @Override
    public long dueNs(long nowNs) {
        return paused(nowNs) ? resumeNs - nowNs : Long.MAX_VALUE;
    }

    @Override
    public void pause(long nowNs) {
        paused = true;
        resumeNs = nowNs + PAUSE_NS;
    }

    private boolean paused(long nowNs) {
        paused &= resumeNs - nowNs > 0;
        return paused;
    }

    @Override
    public void close() {
        Fd.mine().close(listener);
        file.remove();
    }
}
