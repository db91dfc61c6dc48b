package org.splnet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;

/// Descriptors that the service manager has kept over a restart of the daemon (sd_listen_fds(3)): of
/// devices, by the name `device-DRIVER-INTERFACE`. Others, such as sockets to listen at, are none of its
/// business. One thread.
final class Inherited {
    private static final String PREFIX = "device-";
    /// SD_LISTEN_FDS_START
    private static final int FIRST = 3;
    private static final int MOST = 4096;

    private final Map<String, Integer> descriptors = new TreeMap<>();
    private final List<Integer> spare = new ArrayList<>();

    /// @param environment a variable's value, null if it is not set
    /// @param pid of this process: what is meant for another is left alone
    Inherited(UnaryOperator<String> environment, long pid) {
        String count = environment.apply("LISTEN_FDS");
        String names = environment.apply("LISTEN_FDNAMES");
        if (count == null || names == null || !count.matches("[0-9]{1,4}")
                || !Long.toString(pid).equals(environment.apply("LISTEN_PID"))) {
            return;
        }
        String[] all = names.split(":", -1);
        for (int i = 0; i < Math.min(Math.min(Integer.parseInt(count), all.length), MOST); i++) {
            if (all[i].startsWith(PREFIX)) {
                Integer newer = descriptors.putIfAbsent(all[i], FIRST + i);
                if (newer != null) {            // the manager names the one it got last first
                    spare.add(FIRST + i);
                }
            }
        }
    }

    /// What a device's descriptor is kept under.
    static String name(String driver, String interfaceName) {
        return PREFIX + driver + "-" + interfaceName;
    }

    /// How many of the descriptors passed on are of devices.
    ///
    /// @param names `LISTEN_FDNAMES`, null if it is not set
    static int devices(String names) {
        return names == null ? 0 : (int) Arrays.stream(names.split(":", -1))
                .filter(each -> each.startsWith(PREFIX)).count();
    }

    /// The descriptor of that name, the caller's from now on; -1 if there is none.
    int take(String name) {
        Integer descriptor = descriptors.remove(name);
        return descriptor == null ? -1 : descriptor;
    }

    /// Ends what nobody has taken: a device that is not wanted any more goes with its descriptor.
    ///
    /// @return their names
    List<String> closeOthers(IntConsumer close) {
        List<String> names = List.copyOf(descriptors.keySet());
        spare.forEach(close::accept);
        descriptors.values().forEach(close::accept);
        spare.clear();
        descriptors.clear();
        return names;
    }
}
