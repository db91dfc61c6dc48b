package org.splnet.cli;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Reads the pcapng stream of a daemon as it comes, in pieces cut anywhere. By one thread.
final class PcapngInput {
    /// One frame.
    ///
    /// @param netIf the interface's name
    /// @param timeNs since 1970
    /// @param out true if the daemon sent it
    /// @param length of the whole frame
    /// @param octets what was kept
    /// @param comment such as why the daemon has dropped it; null for none
    record Frame(String netIf, long timeNs, boolean out, int length, byte[] octets, String comment) { }

    /// Told of each block.
    @FunctionalInterface
    interface Blocks {
        /// A whole block, of any type. Borrows `octets`.
        ///
        /// @param frame what the block says, if it is that of a frame; else null
        void block(ByteBuffer octets, Frame frame) throws Failure;
    }

    private static final int INTERFACE = 1;
    private static final int STATISTICS = 5;
    private static final int PACKET = 6;
    private static final int COMMENT = 1;
    private static final int MOST = 1 << 20;
    private static final int LEAST = 12;

    private final Blocks blocks;
    private final List<String> interfaces = new ArrayList<>();
    private final List<Long> dropped = new ArrayList<>();
    private ByteArrayOutputStream rest = new ByteArrayOutputStream();

    PcapngInput(Blocks blocks) {
        this.blocks = blocks;
    }

    /// Frames that the daemon has dropped because we were slow, as far as it has said.
    long dropped() {
        return dropped.stream().mapToLong(each -> each).sum();
    }

    /// @throws Failure for what is no pcapng of ours
    void come(byte[] octets) throws Failure {
        rest.writeBytes(octets);
        ByteBuffer in = ByteBuffer.wrap(rest.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (in.remaining() >= LEAST) {
                int length = in.getInt(in.position() + 4);
                if (length < LEAST || length > MOST || length % 4 != 0) {
                    throw wrong("a block of " + Integer.toUnsignedString(length) + " octets");
                }
                if (in.remaining() < length) {
                    break;
                }
                Frame frame = block(in.getInt(in.position()), in.slice(in.position() + 8, length - LEAST)
                        .order(ByteOrder.LITTLE_ENDIAN));
                blocks.block(in.slice(in.position(), length), frame);
                in.position(in.position() + length);
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw wrong("a block that is too short");
        }
        rest = new ByteArrayOutputStream();
        rest.write(in.array(), in.position(), in.remaining());
    }

    /// @return the frame, if it is that of one; else null
    private Frame block(int type, ByteBuffer body) {
        switch (type) {
            case PACKET -> {
                return frame(body);
            }
            case INTERFACE -> {
                body.position(8);
                byte[] name = option(body, 2);
                interfaces.add(name == null ? "?" : new String(name, StandardCharsets.UTF_8));
                dropped.add(0L);
            }
            case STATISTICS -> {
                int id = body.getInt();
                body.position(12);
                byte[] count = option(body, 5);
                if (count != null) {
                    dropped.set(id, ByteBuffer.wrap(count).order(ByteOrder.LITTLE_ENDIAN).getLong());
                }
            }
            default -> { /* none that we need */ }
        }
        return null;
    }

    private Frame frame(ByteBuffer body) {
        String netIf = interfaces.get(body.getInt());
        long timeNs = (long) body.getInt() << 32 | body.getInt() & 0xffff_ffffL;
        int kept = body.getInt();
        int length = body.getInt();
        byte[] octets = new byte[Objects.checkIndex(kept, body.remaining() + 1)];
        body.get(octets);
        body.position(body.position() + (-kept & 3));
        int options = body.position();
        byte[] comment = option(body, COMMENT);
        byte[] flags = option(body.position(options), 2);
        return new Frame(netIf, timeNs, flags != null && (flags[0] & 3) == 2, length, octets,
                comment == null ? null : new String(comment, StandardCharsets.UTF_8));
    }

    /// The first option of that code; null if it is not there.
    private static byte[] option(ByteBuffer body, int wanted) {
        while (body.remaining() >= 4) {
            int code = body.getShort() & 0xffff;
            byte[] value = new byte[body.getShort() & 0xffff];
            if (code == 0) {
                return null;
            }
            body.get(value);
            body.position(body.position() + (-value.length & 3));
            if (code == wanted) {
                return value;
            }
        }
        return null;
    }

    private static Failure wrong(String what) {
        return new Failure(Sysexits.PROTOCOL, "the daemon sends " + what + ", which is no pcapng: is it of"
                + " this version?");
    }
}
