/** Tables and numbers that people and this program write. */
package org.imatrixstats.csv;
