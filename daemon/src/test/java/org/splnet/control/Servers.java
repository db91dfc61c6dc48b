package org.splnet.control;

import io.netty.buffer.PooledByteBufAllocator;
import java.nio.file.Path;
import java.util.List;
import org.splnet.kern.Clock;
import org.splnet.kern.Lookout;
import org.splnet.service.FakeListener;
import org.splnet.service.status.FakeSource;
import org.splnet.unix.Credentials;

/// Control servers with no stack behind them.
final class Servers {
    private Servers() {
    }

    static ControlServer open(Path socket, Steering steering, ControlServer.Limits limits)
            throws ControlException {
        var stack = new ControlServer.Stack(new FakeSource(), steering, new FakeListener(),
                (local, options) -> null, (local, options) -> null, PooledByteBufAllocator.DEFAULT,
                Clock.system(), new Lookout());
        return ControlServer.open(socket, stack, List.of(Rule.everything(Credentials.own())), limits);
    }
}
