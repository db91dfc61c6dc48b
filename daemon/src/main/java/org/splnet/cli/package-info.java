/// The command `splnet`: runs the daemon, checks configurations, shows what a running stack does.
///
/// Entry point: [org.splnet.cli.Cli#run]. What the command needs of the program around it, starting a stack
/// and knowing the drivers, comes in through [org.splnet.cli.Host], because this package knows neither.
///
/// What is shown is read as JSON from the daemon's control socket ([org.splnet.cli.ControlClient]), or from
/// its status page ([org.splnet.cli.StatusClient]), [org.splnet.cli.Source] says which, and laid out as
/// tables by [org.splnet.cli.View]. Steering goes by the socket only: what `ip` calls add and del is in
/// [org.splnet.cli.Change]. What goes on without an end, events and captures, comes through
/// [org.splnet.cli.Pieces]; captured frames are read for people by an [org.splnet.cli.FrameDecoder], which
/// the module `netif-pcap` has. Exit codes are those of sysexits(3):
/// [org.splnet.cli.Sysexits].
///
/// May use: `config`, `wire`, `kern`. Locks: none. Threads: the main thread, for the time of a question one
/// that ends it if it takes too long, and for the daemon's log one that writes it
/// ([org.splnet.cli.LogQueue]), so that nobody who logs waits for who reads.
///
/// Deliberately missing: what of the control socket only programs use, its clock and its return to the first
/// moment.
package org.splnet.cli;
