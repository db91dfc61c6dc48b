package org.splnet.wire;

/// Sequence space (RFC 9293 §3.4): 32-bit numbers, compared modulo 2<sup>32</sup>.
///
/// Every comparison looks at the sign of the difference, so it is right for numbers less than 2<sup>31</sup>
/// apart; the largest window (2<sup>30</sup>, RFC 7323 §2.3) keeps the numbers of one connection well within
/// that. At a distance of exactly 2<sup>31</sup> each number is `lt` the other: nobody may rely on it.
public final class Seq {

    private Seq() { }

    public static boolean lt(int a, int b) {
        return a - b < 0;
    }

    public static boolean leq(int a, int b) {
        return a - b <= 0;
    }

    public static boolean gt(int a, int b) {
        return a - b > 0;
    }

    public static boolean geq(int a, int b) {
        return a - b >= 0;
    }

    /// In the half-open range [from, to), as a window is. Empty if `from` equals `to`.
    public static boolean in(int s, int from, int to) {
        return s - from >= 0 && s - to < 0;
    }

    /// In the closed range [low, high], as "SND.UNA =< SEG.ACK =< SND.NXT".
    public static boolean between(int s, int low, int high) {
        return s - low >= 0 && s - high <= 0;
    }

    public static int max(int a, int b) {
        return a - b >= 0 ? a : b;
    }

    public static int min(int a, int b) {
        return a - b <= 0 ? a : b;
    }

    /// How far `a` is ahead of `b`; negative if it is behind.
    public static int diff(int a, int b) {
        return a - b;
    }
}
