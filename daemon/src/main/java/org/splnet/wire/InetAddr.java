package org.splnet.wire;

/// An IP address of either family.
///
/// Both families share a 128-bit form, `hi` and `lo`, in which IPv4 is the IPv4-mapped `::ffff:a.b.c.d`
/// (RFC 4291 §2.5.5.2). Tables and keys hold those two `long`s; this type is for where people look.
/// [#of] inverts the form, so a mapped address always comes back as the [Ip4Addr] it stands for.
///
/// The order is that of the 128-bit form as an unsigned number, hence within a family that of the octets.
public sealed interface InetAddr extends Comparable<InetAddr> permits Ip4Addr, Ip6Addr {

    /// Upper 64 bits of the 128-bit form; 0 for IPv4.
    long hi();

    /// Lower 64 bits of the 128-bit form; `0x0000_ffff_aabb_ccdd` for IPv4.
    long lo();

    boolean isV4();

    boolean isUnspecified();

    boolean isLoopback();

    boolean isMulticast();

    boolean isLinkLocal();

    /// 32 or 128.
    int bitLength();

    /// The address whose 128-bit form this is: an [Ip4Addr] if it is IPv4-mapped, else an [Ip6Addr].
    static InetAddr of(long hi, long lo) {
        return isV4(hi, lo) ? new Ip4Addr((int) lo) : new Ip6Addr(hi, lo);
    }

    /// True if the 128-bit form is that of an IPv4 address. For the hot path: no object needed.
    static boolean isV4(long hi, long lo) {
        return hi == 0 && lo >>> 32 == 0xffff;
    }

    /// True if its 128-bit form is that.
    default boolean is(long hi, long lo) {
        return lo() == lo && hi() == hi;
    }

    /// Reads `10.0.0.1` or `2001:db8::1`. Text for a mapped address (`::ffff:10.0.0.1`) gives the [Ip4Addr].
    ///
    /// @throws IllegalArgumentException quoting the input and saying what is wrong with it
    static InetAddr parse(String s) {
        if (s.indexOf(':') >= 0) {
            Ip6Addr a = Ip6Addr.parse(s);
            return of(a.hi(), a.lo());
        }
        return new Ip4Addr(Ip4Addr.quad(s, 0, s, "an IP address"));
    }

    @Override
    default int compareTo(InetAddr that) {
        int c = Long.compareUnsigned(hi(), that.hi());
        if (c == 0) {
            c = Long.compareUnsigned(lo(), that.lo());
        }
        // An Ip6Addr may hold a mapped address; not equal to the Ip4Addr, it must not compare as equal.
        return c != 0 ? c : Boolean.compare(that.isV4(), isV4());
    }
}
