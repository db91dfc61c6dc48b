/// Tests of the endpoint tables against naive models.
package org.splnet.pcb;
