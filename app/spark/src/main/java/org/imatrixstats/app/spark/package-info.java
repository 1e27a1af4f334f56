/**
 * The measurement of errors on Apache Spark. The driver plans, executors measure tasks, the driver folds their sums in the
 * order of the plan. Spark itself adds nothing.
 */
package org.imatrixstats.app.spark;
