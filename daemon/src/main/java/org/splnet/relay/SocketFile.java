package org.splnet.relay;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file of a listening Unix socket. It is bound under a name beside its own and moved there when it has
/// its mode, so that nobody meets it half-made and a stale one is replaced in one step.
///
/// Two daemons that start within the same milliseconds may both find nobody there; the later one has the name
/// then, and neither removes the other's file.
public final class SocketFile {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.relay");
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final int RADIX = 36;
    /// sun_path, and what the JDK takes of it
    private static final int LONGEST = 100;

    private final Path path;
    private final String setting;
    private final Path temporary;
    private boolean madeDirectory;
    private Object key;                 // device and inode, while the file is ours

    private SocketFile(Path path, String setting) {
        this.path = path;
        this.setting = setting;
        // One digit tells apart what this process makes at the same time.
        this.temporary = path.resolveSibling("." + Long.toString(ProcessHandle.current().pid(), RADIX)
                + Character.forDigit(Math.floorMod(COUNT.incrementAndGet(), RADIX), RADIX));
    }

    /// Makes sure that the path may be had.
    ///
    /// @param setting the key of the configuration under which another path is chosen, for messages
    /// @throws HostException if somebody is listening there, or if it is no place for a socket
    public static SocketFile at(Path path, String setting) throws HostException {
        SocketFile file = new SocketFile(path, setting);
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            // It could be made, because the temporary name is shorter, and nobody could connect to it.
            throw file.failure(new IOException("longer than " + LONGEST + " octets"));
        }
        try {
            file.directory();
            file.refuseWhatLives();
            Files.deleteIfExists(file.temporary);
            return file;
        } catch (IOException e) {
            file.removeDirectory();
            throw file.failure(e);
        } catch (HostException e) {
            file.removeDirectory();
            throw e;
        }
    }

    /// Where to bind.
    public UnixDomainSocketAddress address() {
        return UnixDomainSocketAddress.of(temporary);
    }

    /// Gives the bound socket its mode and its name.
    public void publish() throws IOException {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-rw----"));
        key = Files.readAttributes(temporary, BasicFileAttributes.class).fileKey();
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// Removes what was made. Idempotent.
    public void remove() {
        try {
            Files.deleteIfExists(temporary);
            if (key != null && key.equals(keyOf(path))) {
                Files.delete(path);
            }
        } catch (IOException e) {
            LOG.warn("socket cannot be removed socket={} cause={}", path, HostException.reason(e));
        }
        key = null;
        removeDirectory();
    }

    /// What became of an attempt to have the socket, in words.
    public HostException failure(Throwable e) {
        boolean permission = HostException.denied(e);
        String what = permission ? "permission denied: run as root, or set " + setting
                + " to a path in a directory of the daemon's own" : HostException.reason(e);
        return new HostException(permission, path + ": " + what, e);
    }

    private void directory() throws IOException {
        Path parent = path.getParent();
        if (!Files.exists(parent)) {
            Files.createDirectories(parent);
            madeDirectory = true;
            // Whatever the umask: those whom the socket's own mode lets in must reach it.
            Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private void refuseWhatLives() throws IOException, HostException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
            throw new HostException(false, path + ": is there and no socket: remove it, or set " + setting
                    + " to another path", null);
        }
        if (listening()) {
            throw new HostException(false, path + ": somebody is listening there: stop it, or set " + setting
                    + " to another path", null);
        }
        LOG.debug("stale socket is replaced socket={}", path);
    }

    /// Does not wait: a daemon whose backlog is full is a daemon.
    private boolean listening() throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (SocketException e) {
            if (failure(e).permission()) {
                throw e;
            }
            return true;
        }
    }

    private void removeDirectory() {
        if (!madeDirectory) {
            return;
        }
        madeDirectory = false;
        try {
            Files.deleteIfExists(path.getParent());
        } catch (IOException e) {
            LOG.debug("directory stays directory={} cause={}", path.getParent(), HostException.reason(e));
        }
    }

    private static Object keyOf(Path file) throws IOException {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                ? Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey()
                : null;
    }
}
