package org.splnet;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.splnet.config.DriverCatalog;
import org.splnet.config.InterfaceConfig;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.net.NetIfDriver;
import org.splnet.wire.MacAddr;

/// The network drivers on the class path, found by [ServiceLoader].
public final class Drivers implements DriverCatalog {
    private final Map<String, NetIfDriver> drivers = new TreeMap<>();

    /// Looks for them.
    public Drivers() {
        for (NetIfDriver driver : ServiceLoader.load(NetIfDriver.class)) {
            drivers.put(driver.type(), driver);
        }
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
    ///
    /// @throws DeviceException with the cause and the cure
    NetDevice open(InterfaceConfig config) throws DeviceException {
        return drivers.get(config.driver())
                .open(new DeviceSpec(config.name(), config.mac(), config.mtu(), config.options()));
    }
}
