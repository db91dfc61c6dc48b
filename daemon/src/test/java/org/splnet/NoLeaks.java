package org.splnet;

import io.netty.util.LeakPresenceDetector;
import io.netty.util.concurrent.FastThreadLocal;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.splnet.kern.FaultLog;
import org.splnet.kern.Witness;

/// Fails a test class that leaves something behind:
///
/// - a buffer. Surefire runs every test with Netty's [LeakPresenceDetector], which is exact: no sampling, no
///   waiting for the collector;
/// - a fault: what a callout, a deferred call or a duty throws is recorded in [FaultLog#system] and goes no
///   further, an assertion that failed there included. Who provokes faults on purpose looks at them and then
///   calls [FaultLog#clear];
/// - a violation of the lock order, which a `catch` on the way may have hidden; likewise [Witness#reset].
public final class NoLeaks implements BeforeAllCallback, AfterAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        LeakPresenceDetector.check();
        FaultLog.system().clear();
        Witness.reset();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        // Netty keeps an entry of each pool that this thread has asked, and with it the pool: 12 MiB of each
        // daemon that a test has started, until there is no more.
        FastThreadLocal.removeAll();
        LeakPresenceDetector.check();
        for (FaultLog.Fault fault : FaultLog.system().distinct()) {
            throw new AssertionError("a fault was recorded, " + fault.count() + " times", fault.first());
        }
        Witness.report().violations().forEach(violation -> {
            throw new AssertionError("the witness saw a violation", violation.first());
        });
    }
}
