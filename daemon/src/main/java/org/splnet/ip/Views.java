package org.splnet.ip;

import io.netty.util.concurrent.FastThreadLocal;
import org.splnet.inet.NetworkError;
import org.splnet.wire.Icmp4Header;
import org.splnet.wire.Ip4Header;
import org.splnet.wire.Ip4Options;

/// Header views and scratch values of one thread: any thread may send, and each NIC queue has its own.
final class Views {
    private static final FastThreadLocal<Views> HERE = new FastThreadLocal<>() {
        @Override
        protected Views initialValue() {
            return new Views();
        }
    };
    private static final int REPLIES = 16;

    /// Of the packet that is coming in.
    final Ip4Header in = new Ip4Header();
    final Ip4Options options = new Ip4Options();
    final Icmp4Header icmp = new Icmp4Header();
    /// Of the datagram that an ICMP error quotes, or that one is to be sent about.
    final Ip4Header quoted = new Ip4Header();
    final NetworkError error = new NetworkError();
    /// Of the packet that is going out, perhaps in answer to the one coming in.
    final Ip4Header out = new Ip4Header();
    final Icmp4Header icmpOut = new Icmp4Header();
    /// Where the last ICMP messages of this thread went: pings come in rows, from a few.
    private final Ip4Path[] replies = new Ip4Path[REPLIES];

    private Views() {
    }

    static Views here() {
        return HERE.get();
    }

    /// The way from one of our addresses back to a sender, or null.
    Ip4Path back(Ip ip, int local, int remote, long nowNs) {
        int slot = (remote ^ remote >>> 8) & REPLIES - 1;
        Ip4Path last = replies[slot];
        if (last == null || !last.is(ip, local, remote)) {
            last = Ip4Path.find(ip, local, remote, nowNs);
            replies[slot] = last;
        }
        return last;
    }
}
