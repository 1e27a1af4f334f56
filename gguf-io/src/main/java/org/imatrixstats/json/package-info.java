/** JSON of strangers, read with limits. */
package org.imatrixstats.json;
