package org.splnet.kern;

/// Whether a loop that has found nothing to do looks again at once, or sleeps.
///
/// Looking is worth its CPU where the next work comes within the time that going to sleep and being woken
/// would take: questions and answers. So it looks for a while if the gaps between work have lately been
/// short, and not otherwise: an idle loop sleeps. Where much is moved it sleeps at once too, since what
/// gathers meanwhile is taken together, which costs less than to run after each piece.
///
/// Where several threads hand the same work on to each other, none of them alone can make the gaps short, and
/// each would wait for the others to begin. So where gaps are a few times too long it now and then looks for
/// a few of them as if they were short, at intervals that differ: sooner or later all do at once, and if the
/// gaps are short then, they stay so. That is a few hundredths of the processor at most.
///
/// Who looks and finds nothing yields his processor each time (`Thread.yield`): the kernel takes a thread
/// that wakes another for one that is about to sleep, and has the other wait for that on the same processor,
/// for as long as it looks.
///
/// By one thread. Knows no clock: all times are given.
public final class BusyPoll {
    /// An average counts its latest value as one in so many.
    private static final int SHARE = 8;
    private static final int ALWAYS = 1 << 16;
    private static final int MOSTLY = ALWAYS / 2;
    /// Of one turn's work, on average, from which it counts as much.
    private static final int BULK = 16 << 10;
    /// A gap that was slept through would have been so much shorter.
    private static final int SLEPT = 2;
    /// Gaps up to so many times the time to look are worth a trial, after [#LEAST] to twice as many of them.
    private static final int NEAR = 8;
    private static final int LEAST = 32;
    private static final int PATIENT = 2;

    private final long setNs;
    private long forNs;
    private long lastNs;                // when there was work
    private boolean idle;               // since then there was none
    private int bridged;                // share of the gaps that looking would have bridged
    private long octets;                // of a turn, on average
    private int untilTrial = LEAST;     // gaps
    private int dice = 1;

    /// @param forNs how long to look; 0 for not at all
    public BusyPoll(long forNs) {
        this.setNs = forNs;
        this.forNs = forNs;
    }

    /// Another thread or process stands between a piece of work and the next: that takes longer.
    public void patient(boolean now) {
        forNs = now ? setNs * PATIENT : setNs;
    }

    /// There was work.
    ///
    /// @param moved octets of it
    public void worked(long nowNs, long moved) {
        if (idle) {
            long gapNs = nowNs - lastNs;
            bridged += ((gapNs <= SLEPT * forNs ? ALWAYS : 0) - bridged) / SHARE;
            idle = false;
            if (bridged < MOSTLY && gapNs <= NEAR * forNs && --untilTrial <= 0) {
                bridged = ALWAYS;
                dice = dice * 1_103_515_245 + 12_345;
                untilTrial = LEAST + Math.floorMod(dice >> 16, LEAST);
            }
        }
        octets += (moved - octets) / SHARE;
        lastNs = nowNs;
    }

    /// Much has lately been moved.
    public boolean bulk() {
        return octets >= BULK;
    }

    /// There was none: look again rather than sleep?
    public boolean again(long nowNs) {
        idle = true;
        return nowNs - lastNs < forNs && bridged >= MOSTLY && !bulk();
    }
}
