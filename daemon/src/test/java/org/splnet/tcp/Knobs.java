package org.splnet.tcp;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/// Configurations that differ from the default in a few knobs, by the names of the record's components.
public final class Knobs {
    private Knobs() {
    }

    public static TcpConfig with(Object... namesAndValues) {
        return with(TcpConfig.DEFAULTS, namesAndValues);
    }

    static TcpConfig with(TcpConfig base, Object... namesAndValues) {
        RecordComponent[] parts = TcpConfig.class.getRecordComponents();
        Object[] values = new Object[parts.length];
        try {
            for (int i = 0; i < parts.length; i++) {
                values[i] = parts[i].getAccessor().invoke(base);
            }
            for (int i = 0; i < namesAndValues.length; i += 2) {
                values[index(parts, (String) namesAndValues[i])] = namesAndValues[i + 1];
            }
            return (TcpConfig) TcpConfig.class.getDeclaredConstructors()[0].newInstance(values);
        } catch (ReflectiveOperationException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw refused;
            }
            throw new IllegalStateException(Arrays.toString(namesAndValues), e);
        }
    }

    private static int index(RecordComponent[] parts, String name) {
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].getName().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("no knob " + name);
    }
}
