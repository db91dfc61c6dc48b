import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.SplittableRandom;

/// Two TAPs joined by a wire that loses frames, limits the rate behind a drop-tail queue and delays, the same in both
/// directions: for kernels without netem. Frames keep their order. Everything is measured from the clock at which a
/// frame is read, so a late wake-up of this process shortens no delay and adds nothing to the next frame's.
///
/// Usage: `java Wire.java TAP-A TAP-B`; then lines `LOSS DELAY-NS BITS-PER-SECOND QUEUE-OCTETS SEED` on standard
/// input, each of which is answered with what has happened since the last.
final class Wire {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final MethodHandle READ = call("read", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG));
    private static final MethodHandle WRITE = call("write",
            FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG));
    private static final MethodHandle PPOLL = call("ppoll", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, LONG,
            ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    private static final int O_RDWR_NONBLOCK = 0x802;
    private static final long TUNSETIFF = 0x4004_54CAL;
    private static final short IFF_TAP_NO_PI = 0x1002;
    private static final int PR_SET_TIMERSLACK = 29;
    private static final short POLLIN = 1;

    private record Nature(double loss, long delayNs, long rate, long queue, SplittableRandom there,
            SplittableRandom back) { }

    /// One direction: frames in order of arrival, which is the order in which they leave.
    private final class Lane {
        private static final int SLOTS = 1 << 14;
        private static final int ROOM = 2048;

        final MemorySegment frames = Arena.global().allocate((long) SLOTS * ROOM, 64);
        final int[] lengths = new int[SLOTS];
        final long[] dueNs = new long[SLOTS];
        final int from;
        final int to;
        final boolean first;
        int head;
        int tail;
        long busyNs = System.nanoTime();
        long carried;
        long lost;
        long full;
        long lateNs;

        Lane(int from, int to, boolean first) {
            this.first = first;
            this.from = from;
            this.to = to;
        }

        boolean take() throws Throwable {
            MemorySegment slot = slot(tail);
            long len = (long) READ.invokeExact(from, slot, (long) ROOM);
            if (len <= 0) {
                return false;
            }
            long now = System.nanoTime();
            Nature is = nature;
            if ((first ? is.there() : is.back()).nextDouble() < is.loss()) {
                lost++;
                return true;
            }
            long waitNs = Math.max(busyNs - now, 0);
            if (waitNs * (is.rate() / 1000) / 8_000_000 > is.queue() || tail - head == SLOTS - 1) {
                full++;
                return true;
            }
            busyNs = now + waitNs + len * 8_000_000_000L / is.rate();
            dueNs[tail & SLOTS - 1] = busyNs + is.delayNs();
            lengths[tail & SLOTS - 1] = (int) len;
            tail++;
            return true;
        }

        void deliver() throws Throwable {
            long now = System.nanoTime();
            while (head != tail && dueNs[head & SLOTS - 1] - now <= 0) {
                lateNs = Math.max(lateNs, now - dueNs[head & SLOTS - 1]);
                long sent = (long) WRITE.invokeExact(to, slot(head), (long) lengths[head & SLOTS - 1]);
                carried += sent > 0 ? 1 : 0;
                head++;
            }
        }

        long nextNs() {
            return head == tail ? Long.MAX_VALUE : dueNs[head & SLOTS - 1];
        }

        String report() {
            String report = "carried " + carried + " lost " + lost + " queue-full " + full + " latest-us "
                    + lateNs / 1000;
            carried = 0;
            lost = 0;
            full = 0;
            lateNs = 0;
            return report;
        }

        private MemorySegment slot(int index) {
            return frames.asSlice((long) (index & SLOTS - 1) * ROOM, ROOM);
        }
    }

    private final Lane out;
    private final Lane back;
    private volatile Nature nature = new Nature(0, 0, 1_000_000_000, 1 << 20, new SplittableRandom(1),
            new SplittableRandom(2));

    private Wire(int a, int b) {
        out = new Lane(a, b, true);
        back = new Lane(b, a, false);
    }

    public static void main(String[] args) throws Throwable {
        Wire wire = new Wire(tap(args[0]), tap(args[1]));
        Thread.ofPlatform().daemon().start(() -> {
            try {
                wire.run();
            } catch (Throwable e) {
                e.printStackTrace();
                System.exit(1);
            }
        });
        System.out.println("wire is up");
        wire.obey(new BufferedReader(new InputStreamReader(System.in)));
    }

    private void obey(BufferedReader orders) throws IOException {
        for (String line; (line = orders.readLine()) != null; ) {
            String[] word = line.trim().split(" +");
            // What is lost in one direction does not depend on what goes in the other.
            SplittableRandom there = new SplittableRandom(Long.parseLong(word[4]));
            nature = new Nature(Double.parseDouble(word[0]), Long.parseLong(word[1]), Long.parseLong(word[2]),
                    Long.parseLong(word[3]), there, there.split());
            System.out.println("> " + out.report() + " < " + back.report());
        }
    }

    private void run() throws Throwable {
        // Timers of a process are 50 µs late by default, which would be half of the shortest delay.
        int failed = (int) call("prctl", FunctionDescriptor.of(INT, INT, LONG, LONG, LONG, LONG))
                .invokeExact(PR_SET_TIMERSLACK, 1L, 0L, 0L, 0L);
        MemorySegment polled = Arena.global().allocate(16, 8);
        MemorySegment timeout = Arena.global().allocate(16, 8);
        polled.set(INT, 0, out.from);
        polled.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
        polled.set(INT, 8, back.from);
        polled.set(ValueLayout.JAVA_SHORT, 12, POLLIN);
        while (failed == 0) {
            boolean more = false;
            for (int i = 0; i < 16; i++) {
                more = out.take() | back.take();
                if (!more) {
                    break;
                }
            }
            out.deliver();
            back.deliver();
            if (!more) {
                long waitNs = Math.min(out.nextNs(), back.nextNs()) - System.nanoTime();
                waitNs = Math.clamp(waitNs, 0, 100_000_000);
                timeout.set(LONG, 8, waitNs);
                int ready = (int) PPOLL.invokeExact(polled, 2L, timeout, MemorySegment.NULL);
            }
        }
    }

    private static int tap(String name) throws Throwable {
        MethodHandle open = call("open", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT));
        MethodHandle ioctl = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("ioctl"),
                FunctionDescriptor.of(INT, INT, LONG, ValueLayout.ADDRESS), Linker.Option.firstVariadicArg(2));
        try (Arena arena = Arena.ofConfined()) {
            int fd = (int) open.invokeExact(arena.allocateFrom("/dev/net/tun"), O_RDWR_NONBLOCK);
            MemorySegment request = arena.allocate(40, 8);
            request.setString(0, name);
            request.set(ValueLayout.JAVA_SHORT, 16, IFF_TAP_NO_PI);
            int failed = (int) ioctl.invokeExact(fd, TUNSETIFF, request);
            if (fd < 0 || failed < 0) {
                throw new IOException("cannot make the TAP " + name);
            }
            return fd;
        }
    }

    private static MethodHandle call(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
    }
}
