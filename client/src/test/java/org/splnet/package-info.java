/// What holds for the client as a whole.
package org.splnet;
