/** Regular expressions as C++ std::regex reads them (ECMAScript). */
package org.imatrixstats.plan.regex;
