package org.splnet.unix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.splnet.kern.BusyPoll;
import org.splnet.kern.Clock;
import org.splnet.kern.Deferred;
import org.splnet.kern.FaultLog;
import org.splnet.kern.Lookout;
import org.splnet.kern.Rounds;
import org.splnet.kern.Witness;

/// One thread that waits for many descriptors (`epoll`), for tasks of other threads and for times.
///
/// Handlers, tasks and alarms run on its thread, holding nothing, and must not wait. What one of them throws
/// is logged and hurts nobody else.
public final class Poller implements Rounds, AutoCloseable {
    /// There is something to read.
    public static final int IN = 1;
    /// There is room to write.
    public static final int OUT = 4;
    /// Something broke.
    public static final int ERROR = 8;
    /// Both directions have ended.
    public static final int HANGUP = 0x10;
    /// The other end writes no more.
    public static final int END = 0x2000;
    /// Each event is told once.
    public static final int EDGE = 1 << 31;

    /// Told what happened to a descriptor.
    @FunctionalInterface
    public interface Handler {
        /// @param events bits of [Poller]
        void ready(int events);
    }

    private static final int ADD = 1;
    private static final int REMOVE = 2;
    private static final int CHANGE = 3;
    private static final int BATCH = 256;
    private static final int GENERATION = 32;
    /// At the end: for tasks that those before have asked for, and for who is still at work with a descriptor
    /// and will ask for its end.
    private static final int LAST_ROUNDS = 500;
    private static final int LAST_WAIT_MS = 10;
    private static final Runnable END_OF_ROUND = () -> { };
    private static final Runnable NOTHING = () -> { };

    private final Clock clock;
    private final Thread thread;
    private final int epoll;
    private final int bell;
    private final MemorySegment events = Arena.ofAuto().allocate((long) Fd.EVENT * BATCH, 8);
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean rung = new AtomicBoolean(true);     // or awake: tasks are looked for
    private final BusyPoll busyPoll;
    private final Lookout lookout;
    private boolean found;                             // something by looking around, this round
    private long moved;                                // octets of this round
    private boolean looking;                           // rather than sleeping
    private final Alarms alarms;
    private Handler[] handlers = new Handler[256];     // by descriptor
    private int[] generations = new int[256];          // how often the descriptor has been watched
    private int watched;                               // descriptors that are
    private volatile boolean stopping;
    private volatile long rounds;                      // written by the thread

    /// Starts it.
    ///
    /// @param name of its thread
    /// @param busyPollNs how long it looks for more before it sleeps
    /// @param lookout where it looks while it does not sleep
    public Poller(String name, Clock clock, long busyPollNs, Lookout lookout) throws IOException {
        this.clock = clock;
        this.alarms = new Alarms(clock, Poller::attempt);
        this.lookout = lookout;
        this.busyPoll = new BusyPoll(busyPollNs);
        epoll = Fd.mine().epoll();
        bell = Fd.mine().eventfd();
        if (control(ADD, bell, IN, bell) < 0) {
            throw new IOException("epoll_ctl");
        }
        thread = new FastThreadLocalThread(this::run, name);     // the buffer pools cache per such thread
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public String name() {
        return thread.getName();
    }

    @Override
    public long rounds() {
        return rounds;
    }

    @Override
    public void nudge() {
        execute(NOTHING);
    }

    /// Where it looks while it does not sleep. Any thread.
    public Lookout lookout() {
        return lookout;
    }

    /// True on the poller's thread.
    public boolean here() {
        return Thread.currentThread() == thread;
    }

    /// Has `task` done soon, after those that came before. Any thread, any locks may be held.
    public void execute(Runnable task) {
        tasks.add(task);
        if (!rung.get() && rung.compareAndSet(false, true)) {
            Fd.mine().signal(bell);
        }
    }

    /// Has `action` done after `delayNs`. On the poller's thread.
    public Alarm after(long delayNs, Runnable action) {
        return alarms.after(delayNs, action);
    }

    /// Has `task` done within a tenth of a second, together with what others have asked for: so it costs
    /// nearly nothing where it is asked for again and again. On the poller's thread.
    public void soon(Runnable task) {
        alarms.soon(task);
    }

    /// How many alarms are in the queue. On the poller's thread.
    int alarmsHeld() {
        return alarms.size();
    }

    /// Watches a descriptor. On the poller's thread.
    ///
    /// @return its key, for [#interest], or `-errno`
    public long watch(int fd, Handler handler, int interest) {
        if (fd >= handlers.length) {
            handlers = Arrays.copyOf(handlers, Math.max(fd + 1, handlers.length * 2));
            generations = Arrays.copyOf(generations, handlers.length);
        }
        handlers[fd] = handler;
        generations[fd] = generations[fd] + 1 & Integer.MAX_VALUE;
        long key = (long) generations[fd] << GENERATION | fd;
        int code = control(ADD, fd, interest, key);
        if (code < 0) {
            handlers[fd] = null;
            return code;
        }
        watched++;
        return key;
    }

    /// Another handler for a watched descriptor. On the poller's thread.
    public void handler(int fd, Handler handler) {
        handlers[fd] = handler;
    }

    /// Another interest for a watched descriptor; what is there already is told again. Any thread that knows
    /// the descriptor to be open.
    ///
    /// @param key what [#watch] said
    public void interest(long key, int interest) {
        control(CHANGE, (int) key, interest, key);
    }

    /// Watches it no more. On the poller's thread, before it is closed.
    public void forget(int fd) {
        control(REMOVE, fd, 0, 0);
        if (handlers[fd] != null) {
            watched--;
        }
        handlers[fd] = null;
    }

    private int control(int what, int fd, int interest, long key) {
        Fd mine = Fd.mine();
        return mine.epollControl(epoll, what, fd, mine.event(interest, key));
    }

    private void run() {
        lookout.wake();
        while (!stopping) {
            rounds = rounds + 1;
            int n = await(looking ? 0 : timeoutMs());
            boolean worked = n > 0 || found || !tasks.isEmpty();
            for (int i = 0; i < n; i++) {
                long base = (long) i * Fd.EVENT;
                dispatch(events.get(JAVA_INT.withByteAlignment(1), base),
                        events.get(JAVA_LONG_UNALIGNED, base + Fd.EVENT_DATA));
            }
            tasks();
            alarms.ring();
            Witness.endOfBatch(thread.getName());
            look(worked);
        }
        finish();
        lookout.sleep();
    }

    /// While it does not sleep it looks for tasks by itself, and nobody rings; and where others look, who are
    /// nearer to the network, it leaves that to them.
    private int await(int timeoutMs) {
        if (timeoutMs == 0) {
            found = !lookout.others() && lookout.look();
            return wait(0);
        }
        found = lookout.sleep();
        rung.set(false);
        int n = wait(found || !tasks.isEmpty() ? 0 : timeoutMs);
        rung.set(true);
        lookout.wake();
        return n;
    }

    private int wait(int timeoutMs) {
        return Fd.mine().epollWait(epoll, events.address(), BATCH, timeoutMs);
    }

    private void look(boolean worked) {
        long nowNs = clock.nanoTime();
        if (worked) {
            busyPoll.patient(lookout.watching());
            busyPoll.worked(nowNs, moved);
            moved = 0;
        }
        looking = busyPoll.again(nowNs);
        if (looking && !worked) {
            Thread.yield();                 // see BusyPoll
        }
    }

    /// So many octets went from or to a descriptor. On the poller's thread.
    public void moved(int octets) {
        moved += octets;
    }

    /// Tasks only: what descriptors have to say is nobody's any more.
    private void finish() {
        for (int fd = 0; fd < handlers.length; fd++) {
            if (handlers[fd] != null) {
                control(REMOVE, fd, 0, 0);
            }
        }
        tasks();
        for (int i = 0; i < LAST_ROUNDS && (!tasks.isEmpty() || watched > 0); i++) {
            await(LAST_WAIT_MS);
            Fd.mine().clear(bell);
            tasks();
        }
    }

    private void dispatch(int ready, long data) {
        int fd = (int) data;
        if (fd == bell) {
            Fd.mine().clear(bell);
            return;
        }
        // An event of a descriptor that was closed, and opened anew, earlier in this batch is nobody's.
        Handler handler = handlers[fd];
        if (handler != null && generations[fd] == (int) (data >>> GENERATION)) {
            attempt(() -> handler.ready(ready));
        }
    }

    /// Those that are there now. What a task asks for comes after the descriptors have been looked at again,
    /// so a task that goes on and on holds up nobody.
    private void tasks() {
        if (tasks.isEmpty()) {
            return;
        }
        tasks.add(END_OF_ROUND);
        for (Runnable task; (task = tasks.poll()) != END_OF_ROUND; ) {
            attempt(task);
        }
    }

    private int timeoutMs() {
        return tasks.isEmpty() ? alarms.timeoutMs() : 0;
    }

    private static void attempt(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            FaultLog.system().record(e);
        }
        Deferred.run();
    }

    /// Ends the thread and waits for it; tasks that are there are done, and for five seconds those that come
    /// while descriptors are watched. Descriptors that are watched even then stay open. Idempotent.
    @Override
    public void close() {
        Witness.beforeBlocking("ending " + thread.getName());
        if (stopping) {
            return;
        }
        stopping = true;
        Fd.mine().signal(bell);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Fd.mine().close(epoll);
        Fd.mine().close(bell);
    }
}
