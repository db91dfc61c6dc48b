package org.splnet.cli;

import java.time.Duration;
import org.splnet.config.DriverCatalog;
import org.splnet.config.FakeDrivers;
import org.splnet.config.SplnetConfig;

/// A host without an environment, a terminal or a stack; what is shown is shown once.
public class FakeHost implements Host {
    @Override
    public DriverCatalog drivers() {
        return new FakeDrivers();
    }

    @Override
    public String environment(String name) {
        return null;
    }

    @Override
    public boolean terminal() {
        return false;
    }

    @Override
    public boolean pause(Duration time) {
        return false;
    }

    @Override
    public int run(SplnetConfig config, Again again) {
        throw new AssertionError("no stack is asked for");
    }
}
