package org.splnet.control;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The file of a listening Unix socket. It is bound under a name beside its own and moved there when it has
/// its mode, so that nobody meets it half-made and a stale one is replaced in one step.
///
/// Two daemons that start within the same milliseconds may both find nobody there; the later one has the name
/// then, and neither removes the other's file.
final class SocketFile {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.control");
    private static final int RADIX = 36;
    /// sun_path, and what the JDK takes of it
    private static final int LONGEST = 100;

    private final Path path;
    private final Path temporary;
    private boolean madeDirectory;
    private Object key;                 // device and inode, while the file is ours

    private SocketFile(Path path) {
        this.path = path;
        this.temporary = path.resolveSibling("." + Long.toString(ProcessHandle.current().pid(), RADIX));
    }

    /// Makes sure that the path may be had.
    ///
    /// @throws ControlException if somebody is listening there, or if it is no place for a socket
    static SocketFile at(Path path) throws ControlException {
        SocketFile file = new SocketFile(path);
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
        } catch (ControlException e) {
            file.removeDirectory();
            throw e;
        }
    }

    /// Where to bind.
    UnixDomainSocketAddress address() {
        return UnixDomainSocketAddress.of(temporary);
    }

    /// Gives the bound socket its mode and its name.
    void publish() throws IOException {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-rw----"));
        key = Files.readAttributes(temporary, BasicFileAttributes.class).fileKey();
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// Removes what was made. Idempotent.
    void remove() {
        try {
            Files.deleteIfExists(temporary);
            if (key != null && key.equals(keyOf(path))) {
                Files.delete(path);
            }
        } catch (IOException e) {
            LOG.warn("control socket cannot be removed socket={} cause={}", path, reason(e));
        }
        key = null;
        removeDirectory();
    }

    /// What became of an attempt to have the socket, in words.
    ControlException failure(Throwable e) {
        boolean permission = e instanceof AccessDeniedException
                || e instanceof SocketException
                && String.valueOf(e.getMessage()).contains("Permission denied");
        String what = permission ? "permission denied: run as root, or have control.socket in a directory of"
                + " the daemon's own" : reason(e);
        return new ControlException(permission, "control: " + path + ": " + what, e);
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

    private void refuseWhatLives() throws IOException, ControlException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
            throw new ControlException(false, "control: " + path + ": is there and no socket: remove it, or"
                    + " set control.socket to another path", null);
        }
        if (listening()) {
            throw new ControlException(false, "control: " + path + ": another daemon is listening there:"
                    + " stop it, or set control.socket to another path", null);
        }
        LOG.debug("stale control socket is replaced socket={}", path);
    }

    /// Does not wait: a daemon whose backlog is full is a daemon.
    private boolean listening() throws IOException {
        try (SocketChannel probe = SocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
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
            LOG.debug("directory stays directory={} cause={}", path.getParent(), reason(e));
        }
    }

    private static Object keyOf(Path file) throws IOException {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                ? Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey()
                : null;
    }

    private static String reason(Throwable e) {
        if (e instanceof FileSystemException file) {
            return file.getReason() == null ? file.getClass().getSimpleName() : file.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
