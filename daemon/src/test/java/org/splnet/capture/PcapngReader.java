package org.splnet.capture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads what a capture writes, and nothing else, with every length checked.
public final class PcapngReader {
    /// One packet.
    ///
    /// @param comment null for none
    public record Captured(int netIf, long timeNs, int direction, int length, byte[] octets,
            String comment) { }

    public final List<String> interfaces = new ArrayList<>();
    public final List<Integer> linkTypes = new ArrayList<>();
    public final List<Captured> packets = new ArrayList<>();
    /// The latest, by interface: option code to number.
    public final Map<Integer, Map<Integer, Long>> statistics = new HashMap<>();
    /// Options of the section: code to text.
    public Map<Integer, byte[]> section;

    /// Reads a piece: whole blocks.
    public void read(byte[] piece) {
        ByteBuffer in = ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            int at = in.position();
            int type = in.getInt();
            int length = in.getInt();
            if (length % 4 != 0 || in.getInt(at + length - 4) != length) {
                throw new AssertionError("block of " + length + " octets at " + at);
            }
            ByteBuffer body = in.slice(at + 8, length - 12).order(ByteOrder.LITTLE_ENDIAN);
            block(type, body);
            in.position(at + length);
        }
    }

    private void block(int type, ByteBuffer body) {
        switch (type) {
            case 0x0a0d0d0a -> {
                if (body.getInt() != 0x1a2b3c4d || body.getShort() != 1 || body.getShort() != 0
                        || body.getLong() != -1) {
                    throw new AssertionError("section header");
                }
                section = options(body);
            }
            case 1 -> {
                linkTypes.add((int) body.getShort());
                body.getShort();
                body.getInt();
                Map<Integer, byte[]> options = options(body);
                interfaces.add(new String(options.get(2), StandardCharsets.UTF_8));
                if (options.get(9)[0] != 9) {
                    throw new AssertionError("no nanoseconds");
                }
            }
            case 6 -> packet(body);
            case 5 -> {
                int netIf = body.getInt();
                body.getLong();
                Map<Integer, Long> numbers = new HashMap<>();
                options(body).forEach((code, value) -> numbers.put(code,
                        ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getLong()));
                statistics.put(netIf, numbers);
            }
            default -> throw new AssertionError("block type " + type);
        }
    }

    private void packet(ByteBuffer body) {
        int netIf = body.getInt();
        long time = (long) body.getInt() << 32 | body.getInt() & 0xffff_ffffL;
        byte[] octets = new byte[body.getInt()];
        int length = body.getInt();
        body.get(octets);
        body.position(body.position() + (-octets.length & 3));
        Map<Integer, byte[]> options = options(body);
        byte[] comment = options.get(1);
        packets.add(new Captured(netIf, time, options.get(2)[0], length, octets,
                comment == null ? null : new String(comment, StandardCharsets.UTF_8)));
        if (netIf >= interfaces.size() || octets.length > length) {
            throw new AssertionError("packet of interface " + netIf + ", " + octets.length + " of " + length);
        }
    }

    private static Map<Integer, byte[]> options(ByteBuffer body) {
        Map<Integer, byte[]> options = new HashMap<>();
        while (true) {
            int code = body.getShort();
            byte[] value = new byte[body.getShort() & 0xffff];
            if (code == 0) {
                if (value.length != 0 || body.hasRemaining()) {
                    throw new AssertionError("behind the last option");
                }
                return options;
            }
            body.get(value);
            for (int i = value.length; i % 4 != 0; i++) {
                if (body.get() != 0) {
                    throw new AssertionError("filled up with " + Arrays.toString(value));
                }
            }
            options.put(code, value);
        }
    }
}
