package org.splnet.dhcp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.kern.Witness;

/// The file in which one interface's lease survives a restart: a line for people, when it began by the wall
/// clock, and the server's acknowledgment as it came, which is read again by the parser that read it first.
///
/// Replaced as a whole, so that a crash leaves the one before or the new one. A directory that cannot be
/// written costs the memory of the lease and nothing else. One thread at a time; blocks, so holding nothing.
final class LeaseStore {
    /// What a file says.
    ///
    /// @param sinceMillis when the lease began, by the wall clock; before 1970 where that was not set
    /// @param ack the DHCPACK in hexadecimal
    record Kept(long sinceMillis, String ack) {
    }

    private static final Logger LOG = LoggerFactory.getLogger("splnet.dhcp");
    private static final String SINCE = "since-ms ";
    private static final String ACK = "ack ";
    /// Twice the largest datagram in hexadecimal.
    private static final int MOST = 1 << 18;

    private final Path file;

    LeaseStore(Path directory, String interfaceName) {
        file = directory.resolve(interfaceName + ".lease");
    }

    /// @return null if there is none, or none that can be read
    Kept read() {
        Witness.beforeBlocking("reading a lease");
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(MOST), StandardCharsets.US_ASCII);
            String since = null;
            String ack = null;
            for (String line : text.lines().toList()) {
                if (line.startsWith(SINCE)) {
                    since = line.substring(SINCE.length());
                } else if (line.startsWith(ACK)) {
                    ack = line.substring(ACK.length());
                }
            }
            if (since != null && ack != null) {
                return new Kept(Long.parseLong(since), ack);
            }
            LOG.warn("lease not read, a new address is asked for file={} cause=not complete", file);
        } catch (NoSuchFileException e) {
            LOG.debug("no lease kept file={}", file);
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("lease not read, a new address is asked for file={} cause={}", file, e.toString());
        }
        return null;
    }

    /// Replaces what is there.
    ///
    /// @param title a line for people
    void write(String title, Kept kept) {
        Witness.beforeBlocking("writing a lease");
        String text = "# " + title + "\n" + SINCE + kept.sinceMillis() + "\n" + ACK
                + kept.ack() + "\n";
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.createDirectories(file.getParent());
            try (FileChannel out = FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer octets = StandardCharsets.US_ASCII.encode(text);
                while (octets.hasRemaining()) {
                    out.write(octets);
                }
                out.force(true);
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("lease not kept, after a restart another address may be given file={} cause={}; the"
                    + " directory is the key state-dir of [interface.dhcp]", file, e.toString());
        }
    }

    /// Removes it, if it is there.
    void forget() {
        Witness.beforeBlocking("removing a lease");
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("lease not forgotten file={} cause={}", file, e.toString());
        }
    }
}
