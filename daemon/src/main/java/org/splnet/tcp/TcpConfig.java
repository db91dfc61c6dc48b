package org.splnet.tcp;

import java.util.concurrent.TimeUnit;
import org.splnet.kern.Live;
import org.splnet.socket.CongestionAlgorithm;

/// Knobs of one TCP instance. Durations are in nanoseconds.
///
/// @param mslNs maximum segment lifetime; TIME-WAIT lasts twice as long. RFC 9293 §3.4.2 suggests two
///     minutes; every stack in use takes 15 to 60 seconds
/// @param initialRtoNs retransmission timeout before anything was measured (RFC 6298 (2.1))
/// @param minRtoNs least time by which the retransmission timeout exceeds the round trip. RFC 6298 (2.4) asks
///     for a timeout of one second; like Linux and FreeBSD we trust our finer clock and go below
/// @param maxRtoNs greatest one, at least 60 s (RFC 6298 (2.5))
/// @param r1 retransmissions of one segment after which another way is looked for (RFC 9293 §3.8.3: at least
///     3)
/// @param retransmitTimeoutNs R2: without an acknowledgement for so long the connection ends (at least 100 s)
/// @param synTimeoutNs R2 for SYN segments (RFC 9293 MUST-23: at least three minutes)
/// @param delayedAckNs how long an acknowledgement may wait (RFC 9293 MUST-40: less than 0.5 s)
/// @param finWait2Ns how long a closed connection waits for the peer's FIN
/// @param congestionControl the algorithm
/// @param initialWindow initial congestion window in segments; 0 for RFC 6928's: ten, and 14,600 octets or
///     two segments at most
/// @param slowStartLimit segments by which one acknowledgement may open the window in slow start: the L of
///     RFC 3465. It allows 2; peers that merge segments acknowledge dozens at once, hence more
/// @param receiveMemory octets of received data this instance holds at most; past it windows close and new
///     connections are refused ([ReceiveMemory])
/// @param reassemblySegments out-of-order pieces one connection holds at most; segments that adjoin are one
/// @param halfOpen half-open connections per listener; the oldest makes room
/// @param timeWaits connections in TIME-WAIT; the oldest makes room
/// @param minMss least segment size believed of a peer
/// @param windowScaling offer and accept window scaling (RFC 7323)
/// @param sack selective acknowledgements, as receiver and as sender (RFC 2018, RFC 6675)
/// @param challengeAcksPerSecond challenge ACKs of the whole instance (RFC 5961 §7)
/// @param challengeAcksPerConnection challenge ACKs of one connection in a second
/// @param resetsPerSecond RST segments in answer to segments without a connection
/// @param ephemeralFirst first local port given to active opens (RFC 6335 §6)
/// @param ephemeralLast last one
/// @param timestamps offer and accept timestamps (RFC 7323)
/// @param ecn explicit congestion notification (RFC 3168)
/// @param mtuProbing look for smaller segments when large ones vanish, see [SizeSearch]
/// @param synCookies when a listener answers a SYN without remembering it (RFC 4987)
/// @param mss no segment, sent or asked for, is larger; 0 for what path and peer allow
/// @param windowScale the scale offered; negative for the least that the buffer needs
/// @param noDelay no Nagle on any socket
/// @param synRetries a SYN goes again at most so often; 0 for as often as there is time
/// @param dataRetries the same for everything else
/// @param challengeAcks RST, SYN and ACK that may be forged are challenged; else RFC 793's rules apply
/// @param orphans connections that their users have closed and that still have something to send, at most;
///     beyond it the one closed longest ago is reset
/// @param fastOpen who sends and takes text in a SYN (RFC 7413)
/// @param pacing spread a window over its round trip, see [Pacer]
/// @param receiveBuffer what a connection may receive ahead of its user at first, in octets; small, as
///     thousands of connections may use it at once
/// @param receiveBufferMax what it may become ([ReceiveTuning]), and what a user may ask for at most; the
///     window scale follows it
/// @param sendBuffer what a user may hand in ahead of the network at first and at least
/// @param sendBufferMax what that may become, twice the congestion window, and what a user may ask for at
///     most
/// @param notSentLowat octets that may wait to be sent for the first time; 0 for no limit but the buffer's
public record TcpConfig(
        @Live long mslNs,
        @Live long initialRtoNs,
        @Live long minRtoNs,
        @Live long maxRtoNs,
        @Live int r1,
        @Live long retransmitTimeoutNs,
        @Live long synTimeoutNs,
        @Live long delayedAckNs,
        @Live long finWait2Ns,
        @Live CongestionAlgorithm congestionControl,
        @Live int initialWindow,
        @Live int slowStartLimit,
        long receiveMemory,
        int reassemblySegments,
        @Live int halfOpen,
        @Live int timeWaits,
        @Live int minMss,
        boolean windowScaling,
        boolean sack,
        int challengeAcksPerSecond,
        int challengeAcksPerConnection,
        int resetsPerSecond,
        int ephemeralFirst,
        int ephemeralLast,
        boolean timestamps,
        EcnMode ecn,
        @Live boolean pacing,
        @Live boolean mtuProbing,
        @Live SynCookies synCookies,
        int receiveBuffer,
        int receiveBufferMax,
        @Live int sendBuffer,
        @Live int sendBufferMax,
        @Live int notSentLowat,
        int mss,
        int windowScale,
        @Live boolean noDelay,
        @Live int synRetries,
        @Live int dataRetries,
        @Live boolean challengeAcks,
        @Live int orphans,
        FastOpenMode fastOpen) {

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long S = TimeUnit.SECONDS.toNanos(1);

    /// What the product runs with.
    public static final TcpConfig DEFAULTS = new TcpConfig(
            30 * S,                      // mslNs
            S,                           // initialRtoNs
            200 * MS,                    // minRtoNs
            120 * S,                     // maxRtoNs
            3,                           // r1
            600 * S,                     // retransmitTimeoutNs
            180 * S,                     // synTimeoutNs
            40 * MS,                     // delayedAckNs
            60 * S,                      // finWait2Ns
            CongestionAlgorithm.CUBIC,   // congestionControl
            0,                           // initialWindow
            8,                           // slowStartLimit
            512L << 20,                  // receiveMemory
            512,                         // reassemblySegments
            1024,                        // halfOpen
            32_768,                      // timeWaits
            64,                          // minMss
            true,                        // windowScaling
            true,                        // sack
            1000,                        // challengeAcksPerSecond
            10,                          // challengeAcksPerConnection
            1000,                        // resetsPerSecond
            49_152,                      // ephemeralFirst
            65_535,                      // ephemeralLast
            true,                        // timestamps
            EcnMode.PASSIVE,             // ecn
            true,                        // pacing
            true,                        // mtuProbing
            SynCookies.AUTO,             // synCookies
            128 << 10,                   // receiveBuffer
            16 << 20,                    // receiveBufferMax
            128 << 10,                   // sendBuffer
            16 << 20,                    // sendBufferMax
            0,                           // notSentLowat
            0,                           // mss
            -1,                          // windowScale
            false,                       // noDelay
            0,                           // synRetries
            0,                           // dataRetries
            true,                        // challengeAcks
            16_384,                      // orphans
            FastOpenMode.OFF);           // fastOpen

    public TcpConfig {
        duration("msl", mslNs, MS, 240 * S);
        duration("min-rto", minRtoNs, MS, 60 * S);
        duration("max-rto", maxRtoNs, 60 * S, 3600 * S);
        duration("initial-rto", initialRtoNs, minRtoNs, maxRtoNs);
        within("r1", r1, 3, 100);
        duration("retransmit-timeout", retransmitTimeoutNs, S, 86_400 * S);
        duration("syn-timeout", synTimeoutNs, S, 3600 * S);
        duration("delayed-ack", delayedAckNs, MS, 500 * MS - 1);
        duration("fin-wait-2", finWait2Ns, S, 3600 * S);
        within("initial-window", initialWindow, 0, 64);
        within("slow-start-limit", slowStartLimit, 1, 64);
        within("receive-memory", receiveMemory, 1 << 16, 1L << 40);
        within("reassembly-segments", reassemblySegments, 4, 65_536);
        within("half-open", halfOpen, 1, 1 << 20);
        within("time-waits", timeWaits, 1, 1 << 24);
        within("min-mss", minMss, 1, 536);
        within("challenge-acks-per-second", challengeAcksPerSecond, 1, 1_000_000);
        within("challenge-acks-per-connection", challengeAcksPerConnection, 1, 1000);
        within("resets-per-second", resetsPerSecond, 1, 1_000_000);
        within("ephemeral-first", ephemeralFirst, 1, 65_535);
        within("ephemeral-last", ephemeralLast, ephemeralFirst, 65_535);
        within("receive-buffer", receiveBuffer, 2048, 1 << 30);
        within("receive-buffer-max", receiveBufferMax, receiveBuffer, 1 << 30);
        within("send-buffer", sendBuffer, 2048, 1 << 30);
        within("send-buffer-max", sendBufferMax, sendBuffer, 1 << 30);
        within("not-sent-lowat", notSentLowat, 0, 1 << 30);
        within("mss", mss, mss == 0 ? 0 : 64, 65_535);
        within("window-scale", windowScale, -1, 14);
        within("syn-retries", synRetries, 0, 255);
        within("data-retries", dataRetries, 0, 255);
        within("orphans", orphans, 1, 1 << 24);
    }

    private static void within(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("tcp." + key + ": " + value + " is not in " + min + ".."
                    + max);
        }
    }

    private static void duration(String key, long ns, long min, long max) {
        if (ns < min || ns > max) {
            throw new IllegalArgumentException("tcp." + key + ": " + ns / 1e9 + " s is not in "
                    + min / 1e9 + " s.." + max / 1e9 + " s");
        }
    }
}
