/** What the page of {@code report} shows: the parts of its files, and what other commands say of them. */
package org.imatrixstats.app.page;
