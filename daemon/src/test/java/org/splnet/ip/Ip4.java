package org.splnet.ip;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import org.splnet.wire.Icmp4Header;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.Ip4Header;

/// An IPv4 packet as a test writes it down: everything right unless told otherwise. Also reads one back.
final class Ip4 {
    int src = bits("10.0.0.2");
    int dst = bits("10.0.0.1");
    int proto = 17;
    int ttl = 64;
    int tos;
    int id = 0x1234;
    boolean df;
    boolean mf;
    int offset;
    byte[] options = {};
    byte[] payload = new byte[16];

    static int bits(String address) {
        return Ip4Addr.parse(address).bits();
    }

    static Ip4 from(String src, String dst) {
        Ip4 ip = new Ip4();
        ip.src = bits(src);
        ip.dst = bits(dst);
        return ip;
    }

    static Ip4 udp() {
        return new Ip4();
    }

    Ip4 proto(int proto) {
        this.proto = proto;
        return this;
    }

    Ip4 ttl(int ttl) {
        this.ttl = ttl;
        return this;
    }

    Ip4 tos(int tos) {
        this.tos = tos;
        return this;
    }

    Ip4 id(int id) {
        this.id = id;
        return this;
    }

    Ip4 df() {
        this.df = true;
        return this;
    }

    Ip4 fragment(int offset, boolean more) {
        this.offset = offset;
        this.mf = more;
        return this;
    }

    Ip4 options(String hex) {
        options = HexFormat.of().parseHex(hex.replace(" ", ""));
        return this;
    }

    Ip4 payload(byte[] payload) {
        this.payload = payload;
        return this;
    }

    /// An ICMP message; its checksum is computed.
    Ip4 icmp(int type, int code, int rest, byte[] data) {
        proto = 1;
        payload = new byte[Icmp4Header.LEN + data.length];
        System.arraycopy(data, 0, payload, Icmp4Header.LEN, data.length);
        new Icmp4Header().wrap(Unpooled.wrappedBuffer(payload), 0).type(type).code(code).rest(rest)
                .updateChecksum(payload.length);
        return this;
    }

    byte[] octets() {
        int headerLen = Ip4Header.MIN_LEN + options.length;
        byte[] all = new byte[headerLen + payload.length];
        ByteBuf buf = Unpooled.wrappedBuffer(all);
        Ip4Header header = new Ip4Header().wrap(buf,
                0).begin(headerLen).tos(tos).totalLength(all.length).id(id)
                .fragment(df, mf, offset).ttl(ttl).proto(proto).src(src).dst(dst);
        System.arraycopy(options, 0, all, Ip4Header.MIN_LEN, options.length);
        System.arraycopy(payload, 0, all, headerLen, payload.length);
        header.updateChecksum();
        return all;
    }

    /// Reads a packet that was sent; its lengths and its header checksum must be right.
    static Ip4 read(byte[] octets) {
        Ip4Header header = new Ip4Header().wrap(Unpooled.wrappedBuffer(octets), 0);
        if (!header.fits(octets.length) || header.totalLength() != octets.length || !header.checksumOk()) {
            throw new AssertionError("bad header: " + HexFormat.of().formatHex(octets));
        }
        Ip4 ip = new Ip4();
        ip.src = header.src();
        ip.dst = header.dst();
        ip.proto = header.proto();
        ip.ttl = header.ttl();
        ip.tos = header.tos();
        ip.id = header.id();
        ip.df = header.dontFragment();
        ip.mf = header.moreFragments();
        ip.offset = header.fragmentOffset();
        ip.options = Arrays.copyOfRange(octets, Ip4Header.MIN_LEN, header.headerLen());
        ip.payload = Arrays.copyOfRange(octets, header.headerLen(), octets.length);
        return ip;
    }

    int icmpType() {
        return payload[0] & 0xff;
    }

    int icmpCode() {
        return payload[1] & 0xff;
    }

    int icmpRest() {
        return Unpooled.wrappedBuffer(payload).getInt(4);
    }

    byte[] icmpData() {
        return Arrays.copyOfRange(payload, Icmp4Header.LEN, payload.length);
    }

    boolean icmpChecksumOk() {
        return new Icmp4Header().wrap(Unpooled.wrappedBuffer(payload), 0).checksumOk(payload.length);
    }

    /// Octets that differ from their neighbors.
    static byte[] data(int len) {
        byte[] data = new byte[len];
        for (int i = 0; i < len; i++) {
            data[i] = (byte) (i * 31 + (i >>> 8));
        }
        return data;
    }

    @Override
    public String toString() {
        return Ip4Addr.toString(src) + " > " + Ip4Addr.toString(dst) + " proto " + proto + " id " + id
                + (df ? " DF" : "") + (mf ? " MF" : "") + " @" + offset + " len " + payload.length;
    }
}
