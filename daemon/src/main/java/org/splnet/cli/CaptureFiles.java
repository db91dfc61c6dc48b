package org.splnet.cli;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import org.splnet.kern.Clock;

/// What a capture is written to, block by block: one file, standard output, or one file after the other, each
/// whole in itself: it begins with the section and all interfaces. By one thread.
///
/// A file is made when there is something to write: a refused filter must not cost an older file.
final class CaptureFiles implements AutoCloseable {
    private static final int COPY = 64 << 10;
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMddHHmmss")
            .withZone(ZoneId.systemDefault());

    private final String name;
    private final Host host;
    private final Rotation rotation;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();     // what each begins with
    private final Deque<Path> kept = new ArrayDeque<>();
    private String current;
    private OutputStream out;
    private boolean framed;             // the first frame has come: the head is complete
    private long octets;                // of this file
    private long firstNs;               // when the first frame of this file came
    private boolean hasFrame;           // this file
    private int count;

    /// @param name `-` for standard output, which does not rotate
    CaptureFiles(String name, Rotation rotation, Host host) {
        this.name = name;
        this.host = host;
        this.rotation = rotation;
    }

    /// Writes a block. Borrows it.
    ///
    /// @param frame what it says, if it is that of a frame; else null
    /// @throws Failure naming the file that cannot be written
    void write(ByteBuffer block, PcapngInput.Frame frame) throws Failure {
        byte[] all = new byte[block.remaining()];
        block.get(block.position(), all);
        try {
            if (frame != null) {
                begin(frame.timeNs(), all.length);
            } else if (!framed) {
                head.writeBytes(all);
            }
            if (out == null) {
                open();
            }
            out.write(all);
            octets += all.length;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// A frame of that length and time is about to be written: into another file if this one has had enough,
    /// but not without any frame, however large the first.
    private void begin(long timeNs, int length) throws IOException {
        framed = true;
        if (hasFrame && rotation.due(octets, timeNs - firstNs, length)) {
            out.close();
            open();
            out.write(head.toByteArray());
            octets = head.size();
        }
        if (!hasFrame) {
            hasFrame = true;
            firstNs = timeNs;
        }
    }

    private void open() throws IOException {
        count++;
        hasFrame = false;
        current = name;
        if (name.equals("-")) {
            out = new BufferedOutputStream(host.output(), COPY);
            return;
        }
        Path file = Path.of(name);
        if (rotation.rotates()) {
            file = numbered(file);
            current = file.toString();
            while (kept.size() >= rotation.most()) {
                Files.deleteIfExists(kept.remove());
            }
            kept.add(file);
        }
        out = new BufferedOutputStream(Files.newOutputStream(file), COPY);
    }

    /// `dir/name.end` becomes `dir/name_00001_20260131235959.end`, so that names are in the order of time and
    /// a capture does not write over another's files.
    private Path numbered(Path file) {
        String last = file.getFileName().toString();
        int dot = last.lastIndexOf('.');
        int stem = dot > 0 ? dot : last.length();
        String stamp = STAMP.format(Instant.ofEpochSecond(0, Clock.system().wallNanos()));
        return file.resolveSibling(String.format(Locale.ROOT, "%s_%05d_%s%s",
                last.substring(0, stem), count, stamp, last.substring(stem)));
    }

    /// Whoever reads along sees all that was written.
    void flush() throws Failure {
        try {
            if (out != null) {
                out.flush();
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// How many files there were.
    int count() {
        return count;
    }

    private Failure failed(IOException e) {
        return new Failure(Sysexits.IOERR, name.equals("-") ? "standard output: " + e.getMessage()
                : (current == null ? name : current) + ": " + Failure.words(e));
    }

    @Override
    public void close() throws Failure {
        try {
            if (out != null && !name.equals("-")) {
                out.close();
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
