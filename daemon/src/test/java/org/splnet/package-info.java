/// What all tests share.
package org.splnet;
