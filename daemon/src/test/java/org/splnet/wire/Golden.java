package org.splnet.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;

/// One realistic packet per protocol, checksums computed by a program that shares no code with ours.
/// 10.88.0.1 (b2:c3:0a:11:d4:e5) is a Linux host, 10.88.0.2 (02:00:5e:58:00:02) is us.
public final class Golden {
    /// Who has 10.88.0.2, padded to the minimum frame.
    public static final String ARP_REQUEST =
            "ffffffffffffb2c30a11d4e508060001080006040001b2c30a11d4e50a580001"
            + "0000000000000a580002000000000000000000000000000000000000";
    /// `ping`: echo request, id 0x1c2b, sequence 1, 56 octets of data.
    public static final String ECHO = "02005e580002b2c30a11d4e50800450000545a3c40004001cbba0a5800010a58"
            + "00020800f7481c2b00015d8b1f6800000000a1c4070000000000101112131415"
            + "161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435"
            + "3637";
    /// A DNS query for example.org.
    public static final String UDP = "b2c30a11d4e502005e580002080045000039991100004011ccf00a5800020a58"
            + "0001c01100350025190d3f2a01000001000000000000076578616d706c65036f"
            + "72670000010001";
    /// From the IP header on: fragmentation needed, next-hop MTU 1400.
    public static final String FRAGMENTATION_NEEDED =
            "45c0003801010000400163550a5800fe0a58000203041e0b0000057845000039"
            + "9911400040118cf00a5800020a580001c01100350025190d";
    /// SYN of a Linux host, ECT(0), behind an 802.1Q tag with priority 5 and VLAN id 100.
    public static final String SYN = "02005e580002b2c30a11d4e58100a06408004502003cbeef4000400667180a58"
            + "00010a580002c75a0050fffffff000000000a002faf0a7600000020405b40402"
            + "080a9c4f2d110000000001030307";
    /// From the IP header on: data with timestamps, two SACK blocks, AE, CWR, ECE, PSH, ACK.
    public static final String DATA = "45000063bef04000400666f20a5800010a580002c75a0050123456789abcdef0"
            + "d1d801f611e900090101080a9c4f2d5000000f01010105129abce4a49abcea58"
            + "9abcf00c9abcf5c0474554202f20485454502f312e310d0a486f73743a20780d"
            + "0a0d0a";
    /// From the IP header on: a later fragment with router alert, record route, NOP, timestamp.
    public static final String OPTIONS = "4d00003c000720b901013a220a5800010a58000294040000070f080a5800fe00"
            + "0000000000000001440c050100000000000000000800f7481c2b0001";

    private Golden() { }

    public static byte[] octets(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    /// A buffer of exactly those octets, so that one octet too far is an exception.
    static ByteBuf buf(String hex) {
        return Unpooled.wrappedBuffer(octets(hex));
    }

    /// A buffer of as many octets, all of them wrong.
    static ByteBuf stale(ByteBuf like) {
        return Unpooled.wrappedBuffer(new byte[like.capacity()]).setBytes(0, filled(like.capacity()));
    }

    private static byte[] filled(int len) {
        byte[] octets = new byte[len];
        Arrays.fill(octets, (byte) 0xa5);
        return octets;
    }

    static String hex(ByteBuf buf) {
        return HexFormat.of().formatHex(buf.array(), buf.arrayOffset(), buf.arrayOffset() + buf.capacity());
    }
}
