package org.splnet.capture;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One block of a pcapng file being written: type, length, body, options, and the length again;
/// little-endian, everything filled up to 32 bits.
final class Block {
    private static final int LONGEST_TEXT = 0xffff;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private boolean optioned;

    Block(int type) {
        u32(type).u32(0);
    }

    Block u16(int value) {
        out.write(value);
        out.write(value >>> 8);
        return this;
    }

    Block u32(int value) {
        return u16(value).u16(value >>> 16);
    }

    /// 64 bits, lower half first.
    Block u64(long value) {
        return u32((int) value).u32((int) (value >>> 32));
    }

    /// A time: upper half first.
    Block time(long ns) {
        return u32((int) (ns >>> 32)).u32((int) ns);
    }

    Block octets(byte[] octets) {
        out.writeBytes(octets);
        while (out.size() % 4 != 0) {
            out.write(0);
        }
        return this;
    }

    Block option(int code, byte[] value) {
        optioned = true;
        return u16(code).u16(value.length).octets(value);
    }

    Block option(int code, String text) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        return option(code, octets.length > LONGEST_TEXT ? Arrays.copyOf(octets, LONGEST_TEXT)
                : octets);
    }

    Block option64(int code, long value) {
        optioned = true;
        return u16(code).u16(8).u64(value);
    }

    Block optionTime(int code, long ns) {
        optioned = true;
        return u16(code).u16(8).time(ns);
    }

    /// The whole block.
    byte[] done() {
        if (optioned) {
            u32(0);                                 // opt_endofopt
        }
        int length = out.size() + 4;
        u32(length);
        byte[] all = out.toByteArray();
        for (int i = 0; i < 4; i++) {
            all[4 + i] = (byte) (length >>> 8 * i);
        }
        return all;
    }
}
