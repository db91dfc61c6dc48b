/// Benchmarks of `org.splnet.tcp`: a segment made, a segment read.
package org.splnet.tcp;
