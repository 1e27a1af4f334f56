/**
 * Where a measurement of errors runs: on the threads of this machine, or, with a class of another module, on a cluster.
 */
package org.imatrixstats.app.engine;
