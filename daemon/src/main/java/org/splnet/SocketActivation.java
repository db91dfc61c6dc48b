package org.splnet;

import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.unix.Fd;

/// The socket that a service manager has made for the daemon and listens at until it runs (sd_listen_fds(3)):
/// `LISTEN_FDS` descriptors from 3 on, if `LISTEN_PID` is this process.
final class SocketActivation {
    /// There is none.
    static final int NONE = -1;

    private static final Logger LOG = LoggerFactory.getLogger("splnet.daemon");
    private static final int FIRST = 3;
    private static final int MOST = 64;

    private SocketActivation() {
    }

    /// The first of the descriptors that is a Unix stream socket that listens; [#NONE] if there is none. They
    /// are nobody's else, so it is to be asked once.
    static int control() {
        return control(System.getenv(), ProcessHandle.current().pid());
    }

    /// @param pid of this process
    static int control(Map<String, String> environment, long pid) {
        // Set for another process: it has been inherited by mistake, and so have its descriptors, if at all.
        if (!Long.toString(pid).equals(environment.get("LISTEN_PID"))) {
            return NONE;
        }
        int count = count(environment.get("LISTEN_FDS"));
        for (int fd = FIRST; fd < FIRST + count; fd++) {
            if (Fd.mine().listening(fd)) {
                return fd;
            }
        }
        // After a restart it passes what it has kept for us as well.
        int others = count - Inherited.devices(environment.get("LISTEN_FDNAMES"));
        if (others > 0) {
            LOG.warn("the service manager has passed no Unix socket that listens, one is made descriptors={}",
                    others);
        }
        return NONE;
    }

    private static int count(String text) {
        try {
            return text == null ? 0 : Math.clamp(Integer.parseInt(text), 0, MOST);
        } catch (NumberFormatException e) {
            LOG.warn("LISTEN_FDS is no number value={}", text);
            return 0;
        }
    }
}
