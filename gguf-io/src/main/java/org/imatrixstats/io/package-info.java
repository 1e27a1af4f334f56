/** Bytes of files: mapped files, a cursor that checks every read, and the error of a damaged file. */
package org.imatrixstats.io;
