package org.splnet;

import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.config.DriverCatalog;
import org.splnet.config.InterfaceConfig;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.net.NetIfDriver;
import org.splnet.unix.Fd;
import org.splnet.wire.MacAddr;

/// The network drivers on the class path, by the name a configuration asks for them by.
final class Drivers implements DriverCatalog {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.daemon");

    /// Who keeps descriptors of devices over a restart: the service manager.
    interface Keeper {
        /// Keeps one under a name, unless it has it already.
        void store(String name, int descriptor);

        /// Forgets what it keeps under a name.
        void forget(String name);
    }

    private static final Keeper MANAGER = new Keeper() {
        @Override
        public void store(String name, int descriptor) {
            SdNotify.store(name, descriptor);
        }

        @Override
        public void forget(String name) {
            SdNotify.forget(name);
        }
    };

    private final Map<String, NetIfDriver> drivers = new TreeMap<>();
    private final Inherited inherited;
    private final Keeper keeper;

    /// @param all what there is; of two with one name the first is taken
    Drivers(Iterable<NetIfDriver> all) {
        this(all, new Inherited(System::getenv, ProcessHandle.current().pid()), MANAGER);
    }

    Drivers(Iterable<NetIfDriver> all, Inherited inherited, Keeper keeper) {
        this.inherited = inherited;
        this.keeper = keeper;
        for (NetIfDriver driver : all) {
            add(driver.type(), driver);
            driver.alsoCalled().forEach(name -> add(name, driver));
        }
    }

    private void add(String name, NetIfDriver driver) {
        if (drivers.putIfAbsent(name, driver) != null) {
            LOG.warn("two drivers of one name, the second is ignored name={} class={}", name,
                    driver.getClass().getName());
        }
    }

    /// What `ServiceLoader` finds. A driver that cannot even be loaded is logged and left out.
    static Drivers installed() {
        java.util.List<NetIfDriver> found = new java.util.ArrayList<>();
        for (ServiceLoader.Provider<NetIfDriver> each
                : ServiceLoader.load(NetIfDriver.class).stream().toList()) {
            try {
                found.add(each.get());
            } catch (ServiceConfigurationError | LinkageError e) {
                LOG.warn("driver cannot be loaded class={} cause={}", each.type().getName(), e.toString());
            }
        }
        return new Drivers(found);
    }

    @Override
    public Set<String> types() {
        return drivers.keySet();
    }

    @Override
    public Set<String> optionKeys(String type) {
        return drivers.get(type).optionKeys();
    }

    @Override
    public void validate(String type, String name, MacAddr mac, int mtu, Map<String, String> options) {
        drivers.get(type).validate(new DeviceSpec(name, mac, mtu, options));
    }

    /// Opens the device of an interface.
    NetDevice open(InterfaceConfig each) throws DeviceException {
        NetIfDriver driver = drivers.get(each.driver());
        if (driver == null) {
            throw new DeviceException("driver " + each.driver() + " is not installed, there are " + types());
        }
        driver.requireFree(each.addresses());
        String kept = Inherited.name(each.driver(), each.name());
        int before = inherited.take(kept);
        NetDevice device = driver.open(new DeviceSpec(each.name(), each.mac(), each.mtu(), each.options(),
                before));
        if (before >= 0 && device.descriptor() != before) {
            keeper.forget(kept);
        }
        if (device.descriptor() >= 0) {
            keeper.store(kept, device.descriptor());
        }
        return device;
    }

    /// Ends what was kept for interfaces that are not in the configuration any more. After the last has been
    /// opened.
    void forgetOthers() {
        for (String name : inherited.closeOthers(Fd.mine()::close)) {
            keeper.forget(name);
            LOG.info("kept device is not configured any more, given up name={}", name);
        }
    }
}
