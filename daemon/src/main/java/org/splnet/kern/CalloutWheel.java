package org.splnet.kern;

/// A hierarchical timing wheel (`callout(9)`; Varghese and Lauck, scheme 7): arm, disarm and re-arm take the
/// same few steps for ten callouts and for a million.
///
/// Time is counted in ticks from the start. Each of the levels has 64 slots; a slot of level *n* spans 64^*n*
/// ticks. A callout lies on the level of the highest base-64 digit in which its tick differs from the
/// current one, in the slot that this digit names. So everything on a level is due before anything on the
/// level above, and within a level the slots are in order: one look at each level's bitmap finds what comes
/// next, however far away, and idle time is skipped in one step. When time enters a slot above the lowest
/// level, its callouts move down.
///
/// Any thread may arm and disarm, and, because the lock is `LEAF`, under any other lock. One thread at a
/// time advances. A disarm that races with a fire may come too late, in which case [Callout#fire] is called
/// once without need.
///
/// # Arming for later without the lock
///
/// Every acknowledgment pushes a retransmission deadline into the future. That case only writes the
/// deadline; the callout stays where it is, and when its slot comes up the wheel reads the deadline again and
/// puts it where it now belongs. Two volatile fields make this safe:
///
/// - who arms first writes [Callout#deadlineNs], then reads [Callout#atTick]. If the callout is in a slot
///   that comes up no later than the new deadline's tick, nothing else is to be done; else the lock is taken
///   and the callout is moved, going by the deadline as it then reads;
/// - who takes a callout off its slot, always under the lock, first writes `atTick = MOVING`, then reads
///   `deadlineNs`, and only then puts it into a slot, writing its tick, or leaves it out, writing `IDLE`.
///
/// Volatile accesses have one total order, so either the armer sees `MOVING` (or a later value) and takes
/// the lock or compares with the new slot, or its deadline was written before the wheel read it. It is never
/// lost. With several threads arming one callout this holds for each of them, so at rest a callout never lies
/// in a slot that comes up after the deadline written last. `MOVING` is not `IDLE` because a disarm may skip
/// the lock only for what the wheel has not got and will not put back.
///
/// Lock key: (w) `lock`; (c) constant; (t) the advancing thread.
public final class CalloutWheel {
    /// Resolution in nanoseconds: a callout fires at most this much after its deadline (plus the thread's
    /// delay), and never before it.
    public static final long TICK_NS = 1 << 20;

    private static final int TICK_SHIFT = 20;
    private static final int DIGIT = 6;
    private static final int SLOTS = 1 << DIGIT;
    // The longest time that can be told from the past, 2^63 ns, is 2^43 ticks; 8 levels reach 2^48.
    private static final int LEVELS = 8;
    // Callouts touched in one hold of the lock: an armer never waits for a whole slot to be emptied.
    private static final int BATCH = 64;
    private static final int NONE = -1;

    private final RankedLock lock = new RankedLock(LockRank.LEAF, "callout wheel");   // (c)
    private final long startNs;                                                     // (c)
    private final Runnable earlier;                                                 // (c)
    private final Callout[] heads = new Callout[LEVELS * SLOTS];                    // (w)
    private final long[] occupied = new long[LEVELS];   // (w) one bit per slot that is not empty
    private final Callout[] due = new Callout[BATCH];   // (t) taken off, to be fired
    private long tick;                                  // (w) everything due up to here has been taken off
    private long floor;                                 // (w) no tick before this is armed
    private long promised = Long.MIN_VALUE;             // (w) the tick that nextNs() announced
    private int emptying = NONE;                        // (w) slot above the lowest level being moved down
    private int armed;                                  // (w)
    private boolean advancing;                          // (w)

    /// @param startNs the time now
    /// @param earlier run, holding nothing but possibly locks below `LEAF`, when a callout is armed for
    ///     before what [#nextNs] last returned: it must wake the advancing thread and not block
    public CalloutWheel(long startNs, Runnable earlier) {
        this.startNs = startNs;
        this.earlier = earlier;
    }

    /// Arms, or re-arms, for `deadlineNs`, which is less than 146 years (2^62 ns) from now. What has passed
    /// already fires with the next [#advance]; armed from [Callout#fire], with the next tick.
    public void arm(Callout callout, long deadlineNs) {
        callout.deadlineNs = deadlineNs;
        long at = callout.atTick;
        // In a slot, and at <= ceil((deadlineNs - startNs) / TICK_NS), written so that it survives wrapping.
        if (at >= 0 && timeOf(at) - deadlineNs < TICK_NS) {
            obeyOrder();
            return;
        }
        if (move(callout)) {
            earlier.run();
        }
    }

    /// Not taking the lock is luck: a caller with the order wrong is found out all the same.
    private void obeyOrder() {
        if (Witness.watching()) {
            Witness.beforeLock(lock);
        }
    }

    private boolean move(Callout callout) {
        lock.lock();
        try {
            if (callout.atTick != Callout.IDLE) {
                unlink(callout);
            }
            long at = Math.max(tickOf(callout.deadlineNs), floor);
            link(callout, at);
            if (at >= promised) {
                return false;
            }
            promised = at;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Disarms; a fire already under way still arrives.
    public void disarm(Callout callout) {
        if (callout.atTick == Callout.IDLE) {
            obeyOrder();
            return;
        }
        lock.lock();
        try {
            if (callout.atTick != Callout.IDLE) {
                unlink(callout);
                callout.atTick = Callout.IDLE;
            }
        } finally {
            lock.unlock();
        }
    }

    /// Fires what is due, in order of ticks, holding nothing. What a fire arms is left for the next call
    /// unless it was due earlier than that anyway, so this ends. A fire that throws is recorded in
    /// [FaultLog#system] and the others go on.
    ///
    /// @return how many fired
    public int advance(long nowNs) {
        Witness.assertNothingHeld("advancing the callout wheel");
        long target = begin(nowNs);
        if (target < 0) {
            return 0;
        }
        int fired = 0;
        try {
            for (int count; (count = takeOff(target)) >= 0; fired += count) {
                for (int i = 0; i < count; i++) {
                    Callout callout = due[i];
                    due[i] = null;
                    fire(callout, nowNs);
                }
            }
        } finally {
            end();
        }
        return fired;
    }

    private static void fire(Callout callout, long nowNs) {
        try {
            callout.fire(nowNs);
            Witness.assertNothingHeld("end of a callout");
        } catch (Throwable fault) {
            FaultLog.system().record(fault);
        }
    }

    private long begin(long nowNs) {
        lock.lock();
        try {
            if (advancing) {
                throw new IllegalStateException("the callout wheel is being advanced already");
            }
            long elapsed = nowNs - timeOf(tick);
            if (elapsed < 0) {
                return -1;
            }
            advancing = true;
            long target = tick + (elapsed >>> TICK_SHIFT);
            floor = target + 1;
            return target;
        } finally {
            lock.unlock();
        }
    }

    /// One bounded step towards `target`.
    ///
    /// @return how many callouts of `due` are to be fired; -1 if nothing is left up to `target`
    private int takeOff(long target) {
        lock.lock();
        try {
            int count = 0;
            for (int touched = 0; touched < BATCH; touched++) {
                int slot = enterNext(target);
                if (slot == NONE) {
                    return count > 0 ? count : -1;
                }
                Callout callout = heads[slot];
                long wasAt = callout.atTick;
                unlink(callout);
                // The deadline may have moved on; or it lies before `floor` did, and the tick must be kept.
                long at = Math.max(tickOf(callout.deadlineNs), wasAt);
                if (at <= tick) {
                    callout.atTick = Callout.IDLE;
                    due[count++] = callout;
                } else {
                    link(callout, at);
                }
            }
            return count;
        } finally {
            lock.unlock();
        }
    }

    /// The slot whose turn it is, time having been moved to where it begins; or, with time at `target`,
    /// none. A slot above the lowest level is emptied wholly before time moves on: what comes out of it
    /// belongs, in part, before what lies below.
    private int enterNext(long target) {
        if (emptying != NONE && heads[emptying] != null) {
            return emptying;
        }
        emptying = NONE;
        int slot = firstOccupied();
        long begins = slot == NONE ? Long.MAX_VALUE : beginning(slot);
        if (begins > target) {
            tick = target;
            return NONE;
        }
        tick = begins;
        if (slot >= SLOTS) {
            emptying = slot;
        }
        return slot;
    }

    private void end() {
        lock.lock();
        try {
            floor = tick;
            advancing = false;
        } finally {
            lock.unlock();
        }
    }

    /// When [#advance] should be called next; [Long#MAX_VALUE] if nothing is armed. May be early, never late.
    public long nextNs() {
        lock.lock();
        try {
            int slot = emptying != NONE && heads[emptying] != null ? emptying : firstOccupied();
            if (slot == NONE) {
                promised = Long.MAX_VALUE;
                return Long.MAX_VALUE;
            }
            promised = beginning(slot);
            long next = timeOf(promised);
            return next == Long.MAX_VALUE ? next - 1 : next;
        } finally {
            lock.unlock();
        }
    }

    /// How many are armed.
    public int armed() {
        lock.lock();
        try {
            return armed;
        } finally {
            lock.unlock();
        }
    }

    // ---- under the lock

    private void link(Callout callout, long at) {
        assert lock.held() && at >= tick;
        long differs = at ^ tick;
        int level = differs == 0 ? 0 : (Long.SIZE - 1 - Long.numberOfLeadingZeros(differs)) / DIGIT;
        int digit = (int) (at >>> level * DIGIT) & SLOTS - 1;
        int slot = level * SLOTS + digit;
        Callout head = heads[slot];
        callout.next = head;
        if (head != null) {
            head.prev = callout;
        }
        heads[slot] = callout;
        occupied[level] |= 1L << digit;
        callout.slot = slot;
        armed++;
        callout.atTick = at;
    }

    /// Leaves the callout `MOVING`.
    private void unlink(Callout callout) {
        assert lock.held() && callout.atTick >= 0;
        callout.atTick = Callout.MOVING;
        Callout next = callout.next;
        Callout prev = callout.prev;
        if (next != null) {
            next.prev = prev;
        }
        if (prev != null) {
            prev.next = next;
        } else {
            int slot = callout.slot;
            heads[slot] = next;
            if (next == null) {
                occupied[slot / SLOTS] &= ~(1L << slot);
            }
        }
        callout.next = null;
        callout.prev = null;
        armed--;
    }

    private int firstOccupied() {
        for (int level = 0; level < LEVELS; level++) {
            if (occupied[level] != 0) {
                return level * SLOTS + Long.numberOfTrailingZeros(occupied[level]);
            }
        }
        return NONE;
    }

    /// The first tick of a slot's span: the digits above are those of the current tick, those below zero.
    private long beginning(int slot) {
        int shift = slot / SLOTS * DIGIT;
        return (tick >>> shift + DIGIT << DIGIT | slot & SLOTS - 1) << shift;
    }

    /// The first tick that does not come before `deadlineNs`, never one that has passed.
    private long tickOf(long deadlineNs) {
        long ahead = deadlineNs - timeOf(tick);
        return ahead <= 0 ? tick : tick + (ahead - 1 >>> TICK_SHIFT) + 1;
    }

    private long timeOf(long tick) {
        return startNs + (tick << TICK_SHIFT);
    }
}
