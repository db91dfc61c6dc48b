package org.splnet.netif.pcap;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.lang.reflect.Field;
import org.pcap4j.core.PcapHandle;
import org.splnet.net.DeviceException;

/// The two things about libpcap that pcap4j 1.8.2 keeps to itself: the descriptor to sleep on, and errors by
/// number rather than in the words of the locale.
final class NativeHandle {
    /// Where pcap4j takes the library's name from, and what it is otherwise.
    private static final String LIBRARY = System.getProperty("org.pcap4j.core.pcapLibName", "pcap");
    private static final int EAGAIN = 11;

    private NativeHandle() {
    }

    /// The descriptor that can be read when frames wait (pcap_get_selectable_fd(3PCAP)). The handle owns it.
    static int selectableDescriptor(PcapHandle handle) throws DeviceException {
        int fd = NativeLibrary.getInstance(LIBRARY).getFunction("pcap_get_selectable_fd")
                .invokeInt(new Object[] {pointer(handle)});
        if (fd < 0) {
            throw new DeviceException("this kind of device cannot be waited for: libpcap has no descriptor"
                    + " for it: choose an Ethernet NIC");
        }
        return fd;
    }

    /// What the C library says for "try again" in this process's language.
    static String tryAgainText() {
        Function strerror = NativeLibrary.getInstance("c").getFunction("strerror");
        return strerror.invokeString(new Object[] {EAGAIN}, false);
    }

    // pcap4j has no accessor; its version is fixed in our build, so the field is there
    private static Pointer pointer(PcapHandle handle) {
        try {
            Field field = PcapHandle.class.getDeclaredField("handle");
            field.setAccessible(true);
            return (Pointer) field.get(handle);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("pcap4j is not the version this was built with", e);
        }
    }
}
