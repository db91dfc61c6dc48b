package org.splnet.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.splnet.socket.DatagramSocket.Datagram;
import org.splnet.unix.NativeAddress;

/// How datagrams follow each other on a descriptor.
enum Framing {
    /// Packets have ends of their own.
    PACKETS,
    /// Each is preceded by its length.
    STREAM;

    /// A datagram as the client is to have it, copied, so that what a packet lies in is free at once.
    ByteBuf framed(ByteBufAllocator allocator, Datagram datagram) {
        ByteBuf frame = frame(allocator, datagram.data().readableBytes());
        Names.writeEnd(frame, datagram.from());
        Names.writeEnd(frame, datagram.to());
        return frame.writeBytes(datagram.data());
    }

    /// What is before the header of a datagram, with room for that and for `payload` octets.
    ByteBuf frame(ByteBufAllocator allocator, int payload) {
        int length = Names.HEADER + payload;
        ByteBuf frame = allocator.directBuffer(Integer.BYTES + length);
        assert NativeAddress.known(frame) : "an allocator of direct buffers";
        return this == STREAM ? frame.writeInt(length) : frame;
    }
}
