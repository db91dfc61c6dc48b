package org.splnet.net;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.splnet.wire.EtherType;
import org.splnet.wire.MacAddr;

/// A segment of TCP over IPv4 over Ethernet as others send it, its checksums summed word by word here and not
/// with the code under test. What is not said is the same for all.
///
/// @param options octets, a multiple of four
/// @param text so many octets, octet `i` of the stream being `seq + i`
public record TcpFrame(MacAddr source, int host, int port, int seq, int ack, int flags, int window, int tos,
        int ttl, int fragment, byte[] options, int text, int padding) {
    static final int ACK = 0x10;
    static final int PSH = 0x08;
    static final int DF = 0x4000;
    private static final byte[] NONE = {};
    private static final int OUR_HOST = 0x0a000001;
    private static final int OUR_PORT = 80;
    private static final int TCP_AT = 34;

    static TcpFrame at(int seq, int text) {
        return new TcpFrame(NetBed.PEER, 0x0a000009, 4000, seq, 77, ACK, 500, 0, 64, DF, NONE, text, 0);
    }

    TcpFrame source(MacAddr next) {
        return with(next, port, ack, flags, window, tos, ttl, fragment, options, padding);
    }

    TcpFrame port(int next) {
        return with(source, next, ack, flags, window, tos, ttl, fragment, options, padding);
    }

    TcpFrame ack(int next) {
        return with(source, port, next, flags, window, tos, ttl, fragment, options, padding);
    }

    TcpFrame flags(int next) {
        return with(source, port, ack, next, window, tos, ttl, fragment, options, padding);
    }

    TcpFrame window(int next) {
        return with(source, port, ack, flags, next, tos, ttl, fragment, options, padding);
    }

    TcpFrame tos(int next) {
        return with(source, port, ack, flags, window, next, ttl, fragment, options, padding);
    }

    TcpFrame ttl(int next) {
        return with(source, port, ack, flags, window, tos, next, fragment, options, padding);
    }

    TcpFrame fragment(int next) {
        return with(source, port, ack, flags, window, tos, ttl, next, options, padding);
    }

    /// With a timestamp (RFC 7323).
    TcpFrame timestamp(int value) {
        byte[] next = ByteBuffer.allocate(12).putInt(0x0101080a).putInt(value).putInt(1).array();
        return with(source, port, ack, flags, window, tos, ttl, fragment, next, padding);
    }

    /// With octets behind the packet.
    TcpFrame padding(int octets) {
        return with(source, port, ack, flags, window, tos, ttl, fragment, options, octets);
    }

    private TcpFrame with(MacAddr from, int fromPort, int acked, int bits, int offered, int service, int hops,
            int cut, byte[] said, int behind) {
        return new TcpFrame(from, host, fromPort, seq, acked, bits, offered, service, hops, cut, said, text,
                behind);
    }

    byte[] octets() {
        int tcpLen = 20 + options.length + text;
        byte[] ip = new byte[20 + tcpLen + padding];
        ByteBuffer out = ByteBuffer.wrap(ip);
        out.put((byte) 0x45).put((byte) tos).putShort((short) (20 + tcpLen)).putShort((short) (seq * 31));
        out.putShort((short) fragment).put((byte) ttl).put((byte) 6).putShort((short) 0).putInt(host)
                .putInt(OUR_HOST);
        out.putShort((short) port).putShort((short) OUR_PORT).putInt(seq).putInt(ack);
        out.putShort((short) (5 + options.length / 4 << 12 | flags)).putShort((short) window).putInt(0);
        out.put(options);
        for (int i = 0; i < text; i++) {
            out.put((byte) (seq + i));
        }
        Arrays.fill(ip, 20 + tcpLen, ip.length, (byte) 0xee);
        out.putShort(10, (short) ~sum(ip, 0, 20, 0));
        int pseudo = sum(ip, 12, 20, 6 + tcpLen);
        out.putShort(36, (short) ~sum(ip, 20, 20 + tcpLen, pseudo));
        return Frames.ether(NetBed.OURS, source, EtherType.IPV4, ip);
    }

    static int sum(byte[] octets, int from, int to, int start) {
        int sum = start;
        for (int i = from; i < to; i++) {
            sum += (octets[i] & 255) << (i - from & 1 ^ 1) * 8;
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    /// The frame's own flow.
    static int portOf(byte[] frame) {
        return ByteBuffer.wrap(frame).getShort(TCP_AT) & 0xffff;
    }

    static int seqOf(byte[] frame) {
        return ByteBuffer.wrap(frame).getInt(TCP_AT + 4);
    }
}
