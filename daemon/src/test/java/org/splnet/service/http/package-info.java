/// HTTP over a connection made of memory.
package org.splnet.service.http;
