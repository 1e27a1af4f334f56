/**
 * Reports as one HTML file: text and tables are written here, so that they are there without scripts; charts are drawn in
 * the browser from one island of JSON. Styles, scripts and the text of the page are resources of this package.
 */
package org.imatrixstats.app.html;
