/** Work on many threads whose result does not depend on them. */
package org.imatrixstats.scan;
