/** llama-quantize of ik_llama.cpp. */
package org.imatrixstats.plan.ikllamacpp;
