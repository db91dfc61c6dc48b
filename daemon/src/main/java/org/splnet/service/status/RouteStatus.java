package org.splnet.service.status;

/// One route.
///
/// @param destination network with prefix length, or `default`
/// @param via router, null if the destinations are on the link
/// @param interfaceName the link, null of a static route that cannot be used now
/// @param kind `local`, `connected` or `static`
/// @param metric of several ways to the same destinations the least is taken
/// @param source preferred source address, null if there is none
public record RouteStatus(String destination, String via, String interfaceName, String kind,
        int metric, String source) { }
