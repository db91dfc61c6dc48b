/// The client on a mock of the daemon whose stack is the host's kernel, over loopback. On the daemon itself
/// it is tested by `JavaClientTest` of `netif-tap`.
package org.splnet.client;
