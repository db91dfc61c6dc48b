package org.splnet.control;

import io.netty.buffer.ByteBuf;
import org.splnet.wire.Endpoint;
import org.splnet.wire.Ip4Addr;

/// The binary forms of docs/sockets.md: ends, the name of an accepted connection, the header of a datagram.
final class Names {
    /// Octets of one end: family, 0, port, address.
    static final int END = 20;
    /// Octets of a connection's name.
    static final int NAME = 64;
    /// Octets before a datagram: the other end and ours.
    static final int HEADER = 2 * END;
    /// Behind that, if the header says so, of how many octets each datagram is to be.
    static final int SEGMENT = 2;

    private static final int MAGIC = 0x53504c4e;           // SPLN
    private static final int VERSION = 1;
    private static final int FAMILY_NONE = 0;
    private static final int FAMILY_IP4 = 4;
    private static final int FAMILY_ERROR = 255;
    private static final int ADDRESS = 16;
    private static final int CUT = 1;

    private Names() {
    }

    /// Writes a connection's name.
    static void writeName(ByteBuf to, long id, Endpoint local, Endpoint remote) {
        to.writeInt(MAGIC).writeInt(VERSION << 24).writeLong(id);
        writeEnd(to, local);
        writeEnd(to, remote);
        to.writeLong(0);
    }

    /// Writes an end.
    static void writeEnd(ByteBuf to, Endpoint end) {
        int value = end.addr() instanceof Ip4Addr address ? (int) address.lo() : 0;
        to.writeByte(FAMILY_IP4).writeByte(0).writeShort(end.port()).writeInt(value)
                .writeZero(ADDRESS - Integer.BYTES);
    }

    /// Writes the header that stands for an error.
    static void writeError(ByteBuf to, int errno) {
        to.writeByte(FAMILY_ERROR).writeByte(0).writeShort(errno).writeZero(HEADER - Integer.BYTES);
    }

    /// True if the header at the index is followed by a size, in [#SEGMENT] octets.
    static boolean cuts(ByteBuf from) {
        return from.getByte(from.readerIndex() + 1) == CUT;
    }

    /// Reads that size, moving the index over it.
    ///
    /// @throws IllegalArgumentException if it is not there
    static int readSegment(ByteBuf from) {
        if (from.readableBytes() < SEGMENT) {
            throw new IllegalArgumentException("no size behind the header");
        }
        return from.readUnsignedShort();
    }

    /// Reads an end, moving the index over it.
    ///
    /// @return null for none
    /// @throws IllegalArgumentException for a family that is not known
    static Endpoint readEnd(ByteBuf from) {
        int family = from.readUnsignedByte();
        from.skipBytes(1);
        int port = from.readUnsignedShort();
        int value = from.readInt();
        from.skipBytes(ADDRESS - Integer.BYTES);
        return switch (family) {
            case FAMILY_NONE -> null;
            case FAMILY_IP4 -> new Endpoint(new Ip4Addr(value), port);
            default -> throw new IllegalArgumentException("address family " + family);
        };
    }
}
