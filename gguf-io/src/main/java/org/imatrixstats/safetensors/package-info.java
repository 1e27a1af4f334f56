/** The safetensors container. Start reading at {@link org.imatrixstats.safetensors.SafetensorsFile}. */
package org.imatrixstats.safetensors;
