/// What drivers of the host's devices share: frames read into pooled buffers and gathered out of them by the
/// kernel, the virtio header in front of them, sleeping on a descriptor, and asking the host about its
/// interfaces.
///
/// May use: `net` (the driver SPI), `unix`, `pkt`, `wire`, `kern`. Nothing in the stack uses it; drivers do.
///
/// ```text
///   ReceiveSlot ┬ ReusedBuffers     what a frame is read into, handed up or used again
///               ├ VirtioNetHeader   what the kernel says of it
///               └ DatagramCutter    ... one by one if it is several datagrams
///   FrameGather ─ VirtioNetHeader   where the kernel finds one frame to be written
///   DescriptorUse                   who is inside a call on a descriptor, so that the last one closes it
///   DescriptorSleep                 sleeping on a descriptor, and being woken
///   InterfaceIoctl                  what the host's kernel says of an interface
/// ```
///
/// Locks: none; each object belongs to one thread, or to whoever holds one lock, at a time, except
/// [org.splnet.driver.DescriptorUse], which is for any. Nothing here allocates in a steady state.
///
/// To read first: writev(2), VIRTIO 1.2 §5.1.6.
package org.splnet.driver;
