package org.splnet.config;

import org.splnet.wire.Cidr;
import org.splnet.wire.InetAddr;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.MacAddr;

/// Addresses as people write them, refused where the stack could not use them. Every method throws
/// IllegalArgumentException, which says what is wrong.
public final class Addresses {
    private Addresses() {
    }

    /// An address of ours with its prefix: `10.88.0.2/24`.
    public static Cidr own(String text) {
        Cidr cidr = Cidr.parse(text);
        InetAddr address = cidr.addr();
        host(address);
        if (cidr.prefix() == 0) {
            throw new IllegalArgumentException("must have a prefix length of at least 1");
        }
        if (cidr.isNetwork(address.hi(), address.lo())) {
            throw new IllegalArgumentException("must be an address of a host, this is the network itself");
        }
        if (cidr.isBroadcast(address.hi(), address.lo())) {
            throw new IllegalArgumentException("must be an address of a host, not a broadcast");
        }
        return cidr;
    }

    /// A host's address: `10.88.0.1`.
    public static InetAddr host(String text) {
        InetAddr address = InetAddr.parse(text);
        host(address);
        return address;
    }

    /// Destinations of a route: a network, or `default`.
    public static Cidr destination(String text) {
        if (text.equals("default")) {
            return new Cidr(Ip4Addr.ANY, 0);
        }
        Cidr cidr = text.indexOf('/') < 0 ? single(text) : Cidr.parse(text);
        version(cidr.addr());
        if (!cidr.addr().equals(cidr.network())) {
            throw new IllegalArgumentException("must have no bits behind its prefix: \"" + cidr.subnet()
                    + "\"");
        }
        return cidr;
    }

    /// A station's own address.
    public static MacAddr station(String text) {
        MacAddr mac = MacAddr.parse(text);
        if (mac.isMulticast() || mac.equals(MacAddr.ZERO)) {
            throw new IllegalArgumentException("must be a station's address: not zero, its first octet even");
        }
        return mac;
    }

    private static Cidr single(String text) {
        InetAddr address = InetAddr.parse(text);
        return new Cidr(address, address.bitLength());
    }

    private static void host(InetAddr address) {
        version(address);
        if (address.isUnspecified() || address.isLoopback() || address.isMulticast()
                || address instanceof Ip4Addr four
                && (four.isClassE() || four.isLimitedBroadcast() || Ip4Addr.isThisNetwork(four.bits()))) {
            throw new IllegalArgumentException("must be a unicast address outside 0/8, 127/8 and 224/3");
        }
    }

    private static void version(InetAddr address) {
        if (!address.isV4()) {
            throw new IllegalArgumentException("must be an IPv4 address, IPv6 is not implemented");
        }
    }
}
