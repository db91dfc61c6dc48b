package org.splnet.capture;

import org.splnet.pkt.Packet;
import org.splnet.wire.EtherType;

/// The octets of a frame, wherever they lie. By one thread.
abstract class FrameView {
    /// Octets in all.
    abstract int length();

    /// One octet, 0..255; `at` is within the frame.
    abstract int u8(int at);

    int u16(int at) {
        return u8(at) << 8 | u8(at + 1);
    }

    int u32(int at) {
        return u16(at) << 16 | u16(at + 2);
    }

    /// A view of an array.
    static FrameView of(byte[] octets) {
        return new FrameView() {
            @Override
            int length() {
                return octets.length;
            }

            @Override
            int u8(int at) {
                return octets[at] & 0xff;
            }
        };
    }

    /// A view of packets, one after the other; reused.
    static final class OfPacket extends FrameView {
        private static final int ETHER = 14;

        private Packet packet;
        private int prefix;             // octets of an Ethernet header that is not there
        private int head;
        private int length;

        /// Looks at another packet. Borrows it, until the next one.
        ///
        /// @param bare true if it begins with its IP header; it is seen with an Ethernet header of zeros
        ///     before that, as those of Linux's loopback are
        OfPacket wrap(Packet next, boolean bare) {
            packet = next;
            prefix = bare ? ETHER : 0;
            head = prefix + next.end - next.start;
            length = prefix + next.length();
            return this;
        }

        /// Forgets the packet.
        void clear() {
            packet = null;
        }

        @Override
        int length() {
            return length;
        }

        @Override
        int u8(int at) {
            if (at < prefix) {
                return made(at);
            }
            if (at < head) {
                return packet.buf.getUnsignedByte(packet.start + at - prefix);
            }
            int behind = at - head;
            int piece = 0;
            while (behind >= packet.pieceLen(piece)) {
                behind -= packet.pieceLen(piece++);
            }
            return packet.pieceBuf(piece).getUnsignedByte(packet.pieceAt(piece) + behind);
        }

        private int made(int at) {
            boolean six = packet.end > packet.start && packet.buf.getByte(packet.start) >> 4 == 6;
            int type = six ? EtherType.IPV6 : EtherType.IPV4;
            return at == prefix - 2 ? type >> 8 : at == prefix - 1 ? type & 0xff : 0;
        }

        @Override
        int u16(int at) {
            return at >= prefix && at + 2 <= head ? packet.buf.getUnsignedShort(packet.start + at - prefix)
                    : super.u16(at);
        }

        @Override
        int u32(int at) {
            return at >= prefix && at + 4 <= head ? packet.buf.getInt(packet.start + at - prefix)
                    : super.u32(at);
        }

        /// A copy of the first octets.
        byte[] copy(int count) {
            byte[] octets = new byte[count];
            int done = Math.min(count, prefix);
            for (int i = 0; i < done; i++) {
                octets[i] = (byte) made(i);
            }
            int take = Math.min(count, head) - done;
            packet.buf.getBytes(packet.start, octets, done, take);
            done += take;
            for (int i = 0; done < count; i++) {
                take = Math.min(count - done, packet.pieceLen(i));
                packet.pieceBuf(i).getBytes(packet.pieceAt(i), octets, done, take);
                done += take;
            }
            return octets;
        }
    }
}
