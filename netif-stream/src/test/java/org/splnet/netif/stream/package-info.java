/// Tests of the stream driver over socket pairs and Unix sockets, with a test as the virtual machine. None
/// needs root.
package org.splnet.netif.stream;
