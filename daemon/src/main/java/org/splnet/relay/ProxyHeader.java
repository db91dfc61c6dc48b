package org.splnet.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.splnet.wire.Endpoint;

/// The header of the PROXY protocol, version 2 (HAProxy's proxy-protocol.txt, section 2.2), by which whoever
/// serves learns who the client is.
final class ProxyHeader {
    private static final byte[] SIGNATURE = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
    /// Version 2, command PROXY.
    private static final int PROXY = 0x21;
    /// AF_INET, SOCK_STREAM.
    private static final int TCP4 = 0x11;
    /// Two addresses and two ports.
    private static final int LENGTH = 12;

    private ProxyHeader() {
    }

    /// The header of a connection over IPv4. The caller owns it.
    static ByteBuf of(Endpoint client, Endpoint server, ByteBufAllocator allocator) {
        return allocator.directBuffer(SIGNATURE.length + 4 + LENGTH)
                .writeBytes(SIGNATURE).writeByte(PROXY).writeByte(TCP4).writeShort(LENGTH)
                .writeInt((int) client.addr().lo()).writeInt((int) server.addr().lo())
                .writeShort(client.port()).writeShort(server.port());
    }
}
