package org.splnet.service;

import io.netty.buffer.ByteBufAllocator;
import java.util.function.Predicate;
import org.splnet.kern.CalloutWheel;
import org.splnet.kern.Clock;
import org.splnet.kern.Entropy;
import org.splnet.socket.DatagramProtocol;
import org.splnet.socket.StreamProtocol;
import org.splnet.wire.InetAddr;

/// What services need of the stack they run in.
///
/// @param tcp streams
/// @param udp datagrams
/// @param own true for this host's unicast addresses
/// @param clock for idle times and rate limits
/// @param wheel for idle watches
/// @param entropy for chargen's datagram lengths
/// @param allocator direct buffers
public record ServiceContext(StreamProtocol tcp, DatagramProtocol udp, Predicate<InetAddr> own, Clock clock,
        CalloutWheel wheel, Entropy entropy, ByteBufAllocator allocator) { }
