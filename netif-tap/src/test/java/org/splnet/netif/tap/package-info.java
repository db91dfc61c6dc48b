/// Tests of the TAP driver: headers, options and messages as they are; the rest, tagged `root`, on real TAPs
/// with the kernel on the other side.
package org.splnet.netif.tap;
