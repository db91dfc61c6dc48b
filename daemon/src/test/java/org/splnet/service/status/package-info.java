/// The status page over a connection made of memory.
package org.splnet.service.status;
