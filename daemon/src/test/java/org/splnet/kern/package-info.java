/// Tests of `kern`, and the virtual clock that all tests share.
package org.splnet.kern;
