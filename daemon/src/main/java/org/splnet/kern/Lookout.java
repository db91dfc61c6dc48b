package org.splnet.kern;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// What nobody tells of as long as somebody looks: memory that is shared with other processes. Threads that
/// look for work anyway, rather than sleep, look here too, one at a time, so that whoever writes there need
/// not wake anybody. When the last of them goes to sleep each place is looked at once more, and its other end
/// is asked to wake us from then on.
///
/// Any thread, holding nothing. Nothing here allocates.
public final class Lookout {
    /// Places that are looked at: each costs a cache line that is another processor's. Of more than so many
    /// the kernel tells sooner.
    public static final int MOST = 64;

    /// One place.
    public abstract static class Place {
        private static final VarHandle WATCHED;

        static {
            try {
                WATCHED = MethodHandles.lookup().findVarHandle(Place.class, "watched", boolean.class);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("Lookout.Place.watched", e);
            }
        }

        private volatile boolean watched;       // among the places, or on its way there
        private volatile Runnable forgotten;    // what to do once nobody looks, nor will
        private Place next;                     // by who has put it on its way, then by who has the turn

        /// Is there anything to do?
        ///
        /// @param last it is not looked at again: if there is nothing, whoever makes work must wake a thread
        protected abstract boolean ready(boolean last);

        /// Does what there is to do, and has it looked at again, [Lookout#watch], when there is nothing more.
        protected abstract void work();

        private boolean claim() {
            return WATCHED.compareAndSet(this, false, true);
        }

        private void unclaim() {
            watched = false;
        }

        private boolean isForgotten() {
            return forgotten != null;
        }
    }

    private final Turn turn = new Turn();
    private final AtomicInteger awake = new AtomicInteger();    // threads that look
    private final AtomicInteger size = new AtomicInteger();     // of what is watched
    private final AtomicReference<Place> coming = new AtomicReference<>();

    // By who has the turn.
    private final Place[] places = new Place[MOST];
    private int count;

    /// The caller looks from now on, until [#sleep].
    public void wake() {
        awake.incrementAndGet();
    }

    /// True if others look, too.
    public boolean others() {
        return awake.get() > 1;
    }

    /// True if there is anything to look at.
    public boolean watching() {
        return size.get() > 0;
    }

    /// Looks once, unless somebody is looking.
    ///
    /// @return true if there was anything to do; it is done
    public boolean look() {
        return watching() && turn.enterIfIdle() && rounds();
    }

    /// The caller looks no more. If nobody else does, each place has been looked at for the last time when
    /// this returns, or somebody is at it.
    ///
    /// @return true if there was anything to do
    public boolean sleep() {
        return awake.decrementAndGet() == 0 && watching() && turn.enter() && rounds();
    }

    /// Has `place` looked at from now on. It is well to be told of it twice, but for one place not by two
    /// threads at once.
    ///
    /// @return false if nobody looks, or there is too much to look at: then it is the caller's affair to be
    ///     woken
    public boolean watch(Place place) {
        if (awake.get() == 0) {
            return false;
        }
        if (!claim(place)) {
            return true;
        }
        if (size.get() > MOST) {
            place.unclaim();
            size.decrementAndGet();
            return false;
        }
        comes(place);
        // The last to look may have gone to sleep before it could see this place.
        if (awake.get() == 0 && turn.enter()) {
            rounds();
        }
        return true;
    }

    /// Nobody has `place` watched any more, now or later; runs `then` as soon as nobody looks at it. Once.
    public void forget(Place place, Runnable then) {
        place.forgotten = then;
        if (claim(place)) {
            comes(place);
        }
        if (turn.enter()) {
            rounds();
        }
    }

    private boolean claim(Place place) {
        if (place.claim()) {
            size.incrementAndGet();
            return true;
        }
        return false;
    }

    private void comes(Place place) {
        do {
            place.next = coming.get();
        } while (!coming.compareAndSet(place.next, place));
    }

    private boolean rounds() {
        boolean any = false;
        boolean first = true;
        do {
            arrive();
            any |= round(awake.get() == 0, first);
            first = false;
        } while (!turn.leave());
        return any;
    }

    private void arrive() {
        Place next;
        for (Place place = coming.getAndSet(null); place != null; place = next) {
            next = place.next;
            place.next = null;
            if (place.isForgotten()) {
                end(place);
            } else {
                places[count++] = place;
            }
        }
    }

    /// @param first or else somebody has come meanwhile, to have a place forgotten or looked at for the last
    ///     time; other work would have it go on for as long as that brings more of it
    private boolean round(boolean last, boolean first) {
        boolean any = false;
        int kept = 0;
        for (int i = 0; i < count; i++) {
            Place place = places[i];
            if (place.isForgotten()) {
                end(place);
            } else if (last || first && ready(place, false)) {
                any |= serve(place, last);
            } else {
                places[kept++] = place;
            }
        }
        Arrays.fill(places, kept, count, null);
        count = kept;
        return any;
    }

    /// The mark goes first: who finds more to look at after that has it looked at once more.
    private boolean serve(Place place, boolean last) {
        place.unclaim();
        size.decrementAndGet();
        boolean any = !last || ready(place, true);
        if (any) {
            work(place);
        }
        if (place.isForgotten() && claim(place)) {
            end(place);
        }
        return any;
    }

    private void end(Place place) {
        size.decrementAndGet();
        place.forgotten.run();
    }

    private static boolean ready(Place place, boolean last) {
        try {
            return place.ready(last);
        } catch (RuntimeException | Error fault) {
            FaultLog.system().record(fault);
            return false;
        }
    }

    private static void work(Place place) {
        try {
            place.work();
        } catch (RuntimeException | Error fault) {
            FaultLog.system().record(fault);
        } finally {
            Deferred.run();
        }
    }
}
