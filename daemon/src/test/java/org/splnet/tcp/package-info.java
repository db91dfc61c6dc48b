/// TCP: drills, which are conversations of segments on a virtual clock, grouped by RFC section; unit tests of
/// the parts; and two stacks over a seeded pipe.
package org.splnet.tcp;
