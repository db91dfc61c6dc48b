package org.splnet;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Disabled;
import org.splnet.inet.Path;
import org.splnet.kern.CalloutWheel;
import org.splnet.net.NetIf;
import org.splnet.pcb.PortTable;
import org.splnet.pkt.Packet;
import org.splnet.socket.StreamSocket;

/// Breaks each rule once, by a different road each. Never run; [LayeringTest] must find all of it.
abstract class LayeringOffender {
    /// Only in a field's descriptor.
    protected Packet field;
    /// Only in a generic signature.
    protected List<NetIf> generic;

    /// Only in a method's descriptor.
    abstract void parameter(StreamSocket socket);

    /// Only as the component of an array that a method type returns.
    interface Arrays {
        PortTable[][] make();
    }

    static class ByClass {
        static final Object CONSTANT = Path.class;
    }

    static class ByMember {
        Object call(CalloutWheel wheel) {
            return wheel.armed();
        }
    }

    static class Clocks {
        long direct() {
            return System.nanoTime() + System.currentTimeMillis() + java.time.Instant.now().getNano();
        }
    }

    static class ByReference {
        LongSupplier clock = System::nanoTime;
    }

    static class Locks {
        private final ReentrantLock lock = new ReentrantLock();

        void use() {
            lock.lock();
        }
    }

    static class SynchronizedMethod {
        synchronized void method() {
        }
    }

    static class SynchronizedBlock {
        void block() {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    static class Sleeper {
        void doze() throws InterruptedException {
            Thread.sleep(1);
        }
    }

    static class Starter {
        List<Process> start() throws java.io.IOException {
            return List.of(new ProcessBuilder("id").start(), Runtime.getRuntime().exec(new String[] {"id"}));
        }
    }

    @Disabled("to be found")
    static class DisabledClass {
    }

    static class DisabledMethod {
        @Disabled("to be found")
        void method() {
        }
    }
}
