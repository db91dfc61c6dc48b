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
import org.splnet.wire.MacAddr;

/// The network drivers on the class path, by the name a configuration asks for them by.
final class Drivers implements DriverCatalog {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.daemon");

    private final Map<String, NetIfDriver> drivers = new TreeMap<>();

    /// @param all what there is; of two with one name the first is taken
    Drivers(Iterable<NetIfDriver> all) {
        for (NetIfDriver driver : all) {
            if (drivers.putIfAbsent(driver.type(), driver) != null) {
                LOG.warn("two drivers of one name, the second is ignored name={} class={}", driver.type(),
                        driver.getClass().getName());
            }
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
        return driver.open(new DeviceSpec(each.name(), each.mac(), each.mtu(), each.options()));
    }
}
