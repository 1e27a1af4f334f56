/**
 * Files that grow by checksummed lines while a long measurement runs, so that it can go on after an interruption; what is done
 * when a signal interrupts it; and figures that are kept because they took time.
 */
package org.imatrixstats.journal;
