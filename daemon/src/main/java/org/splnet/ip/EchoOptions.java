package org.splnet.ip;

import org.splnet.pkt.Packet;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.Ip4Options;

/// The options of an echo request as its reply carries them (RFC 1122 §3.2.2.6): a record route and a
/// timestamp go back, with this host entered; the others do not.
final class EchoOptions {
    private static final int TIMESTAMP_FLAGS = 3;
    private static final int ADDRESS_LEN = 4;
    private static final long NS_PER_MS = 1_000_000;
    /// RFC 791 §3.1: a time that is not milliseconds since midnight UT, which we are not told.
    private static final int NON_STANDARD = 0x8000_0000;

    private EchoOptions() {
    }

    /// Makes the request's options those of the reply. Borrows `packet`, whose `l3` is at a checked header.
    ///
    /// @param options for use in here
    /// @return where the options begin, or `l4` if there are none
    static int keep(Packet packet, int local, Ip4Options options, long nowNs) {
        int headerLen = packet.l4 - packet.l3;
        if (headerLen == Ip4Header.MIN_LEN) {
            return packet.l4;
        }
        options.wrap(packet.buf, packet.l3, headerLen);
        boolean right = options.validate() == Ip4Options.OK;
        boolean none = options.recordRoute() == Ip4Options.ABSENT && options.timestamp() == Ip4Options.ABSENT;
        if (!right || none) {
            return packet.l4;
        }
        while (options.next()) {
            int at = packet.l3 + options.offset();
            switch (options.type()) {
                case Ip4Options.RECORD_ROUTE -> recordRoute(packet, at, local);
                case Ip4Options.TIMESTAMP -> timestamp(packet, at, local, nowNs);
                default -> {
                    for (int i = options.length() - 1; i >= 0; i--) {
                        packet.buf.setByte(at + i, Ip4Options.NOP);
                    }
                }
            }
        }
        return packet.l3 + Ip4Header.MIN_LEN;
    }

    private static void recordRoute(Packet packet, int at, int local) {
        int length = packet.buf.getUnsignedByte(at + 1);
        int pointer = packet.buf.getUnsignedByte(at + 2);
        if (pointer + ADDRESS_LEN - 1 <= length) {
            packet.buf.setInt(at + pointer - 1, local);
            packet.buf.setByte(at + 2, pointer + ADDRESS_LEN);
        }
    }

    private static void timestamp(Packet packet, int at, int local, long nowNs) {
        int length = packet.buf.getUnsignedByte(at + 1);
        int pointer = packet.buf.getUnsignedByte(at + 2);
        int flags = packet.buf.getUnsignedByte(at + TIMESTAMP_FLAGS);
        boolean withAddress = (flags & 15) != Ip4Options.TIMESTAMP_ONLY;
        int entry = withAddress ? 2 * ADDRESS_LEN : ADDRESS_LEN;
        if (pointer + entry - 1 > length) {
            packet.buf.setByte(at + TIMESTAMP_FLAGS, flags + 0x10);         // one more that had no room
            return;
        }
        switch (flags & 15) {
            case Ip4Options.TIMESTAMP_ONLY -> { }
            case Ip4Options.TIMESTAMP_WITH_ADDRESS -> packet.buf.setInt(at + pointer - 1, local);
            case Ip4Options.TIMESTAMP_PRESPECIFIED -> {
                if (packet.buf.getInt(at + pointer - 1) != local) {
                    return;                                                 // another host's turn
                }
            }
            default -> {
                return;
            }
        }
        int time = (int) (nowNs / NS_PER_MS) | NON_STANDARD;
        packet.buf.setInt(at + pointer - 1 + entry - ADDRESS_LEN, time);
        packet.buf.setByte(at + 2, pointer + entry);
    }
}
