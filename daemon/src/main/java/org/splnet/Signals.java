package org.splnet;

import java.lang.reflect.Proxy;

/// Signals of the operating system. The JDK has a class for them that is none of its API, is in every JDK,
/// and makes the compiler warn past any annotation; hence by name.
final class Signals {
    private Signals() {
    }

    /// Has `action` run, by a thread of its own, each time the process is sent a signal.
    ///
    /// @param name without SIG
    /// @throws IllegalArgumentException if the virtual machine keeps it for itself
    static void on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object call = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                            return null;
                        }
                        return method.getName().equals("equals") ? proxy == arguments[0]
                                : method.getName().equals("hashCode") ? (Object) 0 : "signal " + name;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), call);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("signal " + name + " cannot be caught", e);
        }
    }
}
