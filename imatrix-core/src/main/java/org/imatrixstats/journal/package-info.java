/** Files that grow by checksummed lines while a long measurement runs, so that it can go on after an interruption. */
package org.imatrixstats.journal;
