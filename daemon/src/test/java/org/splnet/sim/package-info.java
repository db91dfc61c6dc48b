/// Whole stacks on a virtual clock, joined by a seeded link: thousands of conversations per second in one
/// thread, each replayable from its seed.
package org.splnet.sim;
