package org.splnet;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What has been started and is to be stopped, last first. A step that fails is logged, the others are still
/// done.
final class Undo {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.daemon");

    private record Step(String what, AutoCloseable action) { }

    private final Deque<Step> steps = new ArrayDeque<>();

    /// @param what in words: `close splnet0`
    void push(String what, AutoCloseable action) {
        steps.push(new Step(what, action));
    }

    void all() {
        for (Step step; (step = steps.poll()) != null; ) {
            LOG.debug("stopping step={}", step.what());
            try {
                step.action().close();
            } catch (Exception e) {
                LOG.error("stopping went wrong step={}", step.what(), e);
            }
        }
    }
}
