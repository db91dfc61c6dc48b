package org.splnet.service.status;

/// One route.
///
/// @param destination network with prefix length, or `default`
/// @param via router, null if the destinations are on the link
/// @param interfaceName the link
/// @param kind `connected` or `static`
/// @param source preferred source address, null if there is none
public record RouteStatus(String destination, String via, String interfaceName, String kind,
        String source) { }
