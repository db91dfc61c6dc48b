package org.splnet.capture;

/// Compiles filters in the language of pcap-filter(7). Found by [java.util.ServiceLoader]; any thread.
public interface FilterCompiler {
    /// Compiles a filter for Ethernet frames. May take a while: host names in it are looked up.
    ///
    /// @param filter not empty, without control characters
    /// @throws FilterException if it is no filter, in the compiler's words, or if there is no compiler after
    ///     all
    BpfProgram compile(String filter) throws FilterException;
}
