package org.splnet.capture;

/// Compiles filters in the language of pcap-filter(7). Found by [java.util.ServiceLoader]; several
/// threads.
public interface FilterCompiler {
    /// Compiles a filter for Ethernet frames. May take a while, in native code: host names in it are looked
    /// up. Not by a virtual thread.
    ///
    /// @param filter not empty, without control characters
    /// @throws FilterException if it is no filter, in the compiler's words, or if there is no compiler after
    ///     all
    BpfProgram compile(String filter) throws FilterException;
}
