package org.splnet.wire;

/// An address *as written* with a prefix length (RFC 4632 §3.1): `10.88.0.2/24` stays what an interface
/// is given, address and network at once. [#subnet] is the network alone, as a route wants it.
public record Cidr(InetAddr addr, int prefix) {

    public Cidr {
        if (prefix < 0 || prefix > addr.bitLength()) {
            throw new IllegalArgumentException(addr + "/" + prefix + ": prefix length is not in 0.."
                    + addr.bitLength());
        }
        if (!addr.isV4() && InetAddr.isV4(addr.hi(), addr.lo())) {
            throw new IllegalArgumentException(addr + "/" + prefix
                    + ": an IPv4-mapped address has no network; write it as IPv4");
        }
    }

    /// @throws IllegalArgumentException quoting the input and saying what is wrong with it
    public static Cidr parse(String s) {
        int slash = s.indexOf('/');
        if (slash < 0) {
            throw bad(s, "the prefix length is missing");
        }
        InetAddr addr;
        try {
            addr = InetAddr.parse(s.substring(0, slash));
        } catch (IllegalArgumentException e) {
            throw bad(s, e.getMessage());
        }
        if (addr.isV4() && s.indexOf(':') >= 0) {
            throw bad(s, "an IPv4-mapped address has no network; write it as IPv4");
        }
        int prefix = Malformed.decimal(s, slash + 1, s.length(), 3);
        if (prefix < 0 || prefix > addr.bitLength()) {
            throw bad(s, "prefix length " + Malformed.quote(s.substring(slash + 1))
                    + " is not in 0.." + addr.bitLength());
        }
        return new Cidr(addr, prefix);
    }

    private static IllegalArgumentException bad(String s, String why) {
        return Malformed.text(s, "an address with prefix length", why);
    }

    /// The first address: host bits zero.
    public InetAddr network() {
        return InetAddr.of(addr.hi() & maskHi(), addr.lo() & maskLo());
    }

    /// The last address: host bits one. With [#hasBroadcast] it is the directed broadcast.
    public InetAddr broadcast() {
        return InetAddr.of(addr.hi() | ~maskHi(), addr.lo() | ~maskLo());
    }

    /// IPv4 only, and not with /31 (RFC 3021 §2.1) or /32, where every address is a host.
    public boolean hasBroadcast() {
        return addr.isV4() && prefix <= 30;
    }

    /// True for the directed broadcast, if there is one; in the 128-bit form.
    public boolean isBroadcast(long hi, long lo) {
        return hasBroadcast() && hi == addr.hi() && lo == (addr.lo() | ~maskLo());
    }

    /// True for the subnet's own address, which is no host's where there is a broadcast address.
    public boolean isNetwork(long hi, long lo) {
        return hasBroadcast() && hi == addr.hi() && lo == (addr.lo() & maskLo());
    }

    /// True for either, which no host of the subnet has; its own address was a broadcast address once (RFC
    /// 1122 §3.3.6).
    public boolean isEdge(long hi, long lo) {
        return isBroadcast(hi, lo) || isNetwork(hi, lo);
    }

    /// The same prefix with host bits zero.
    public Cidr subnet() {
        return new Cidr(network(), prefix);
    }

    public boolean contains(InetAddr that) {
        return that.isV4() == addr.isV4() && contains(that.hi(), that.lo());
    }

    /// The same for the 128-bit form. `::/0` is all of IPv6 and none of IPv4.
    public boolean contains(long hi, long lo) {
        return InetAddr.isV4(hi, lo) == addr.isV4()
                && ((hi ^ addr.hi()) & maskHi() | (lo ^ addr.lo()) & maskLo()) == 0;
    }

    /// The netmask of an IPv4 prefix as header bits.
    public int netmask() {
        if (!addr.isV4()) {
            throw new IllegalStateException(this + " has no IPv4 netmask");
        }
        return (int) maskLo();
    }

    /// Upper half of the mask that goes with the 128-bit form; for IPv4 it covers the `::ffff:` as well.
    public long maskHi() {
        int bits = bits128();
        return bits == 0 ? 0 : bits >= 64 ? -1L : -1L << 64 - bits;
    }

    /// Lower half of that mask.
    public long maskLo() {
        int bits = bits128();
        return bits <= 64 ? 0 : -1L << 128 - bits;
    }

    private int bits128() {
        return prefix + 128 - addr.bitLength();
    }

    @Override
    public String toString() {
        return addr + "/" + prefix;
    }
}
