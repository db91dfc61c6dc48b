/// The program: wiring of the stack, start and stop order.
///
/// Entry points: [org.splnet.Main], the command `splnet`; [org.splnet.Splnetd], one running stack.
///
/// May use: everything; nothing may use it.
///
/// Start order: callouts, link layer, IPv4, UDP, TCP, loopback, devices with their input threads, services,
/// relays, the control socket, addresses, DHCP clients, routes. Every step that succeeds leaves its undoing
/// on a stack; stopping, and failing half-way, run that stack from the top, so there is one order and not
/// two.
///
/// Threads: `callouts`, `lo`, one per queue of each device (all [org.splnet.kern.DutyThread]), a virtual
/// thread per connection of the status page, `control` and a virtual thread per request on the control
/// socket, those of [org.splnet.relay] once there is a relay, `log`, which writes what the others say
/// ([org.splnet.cli.LogQueue]), and the main thread, which waits. Locks: none of its own.
package org.splnet;
