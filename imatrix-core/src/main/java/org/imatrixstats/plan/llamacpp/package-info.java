/** llama-quantize of llama.cpp. */
package org.imatrixstats.plan.llamacpp;
