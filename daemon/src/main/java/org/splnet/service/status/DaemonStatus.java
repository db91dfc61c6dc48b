package org.splnet.service.status;

/// The process.
///
/// @param version of splnet
/// @param started when, in ISO 8601
/// @param uptimeSeconds for how long
/// @param pid process number
/// @param java version of the virtual machine
/// @param threads platform threads
/// @param heapUsed octets of Java heap in use
/// @param heapMax octets of Java heap at most
/// @param directUsed octets of direct memory that the packet pool has from the system
/// @param directPinned octets of it that buffers are made of now
/// @param callouts that are armed
/// @param faults exceptions that no code expected
public record DaemonStatus(String version, String started, double uptimeSeconds, long pid, String java,
        int threads, long heapUsed, long heapMax, long directUsed, long directPinned, int callouts,
        long faults) { }
