/** Tables that people and this program write: commas or tabs, the first line names the columns. */
package org.imatrixstats.csv;
