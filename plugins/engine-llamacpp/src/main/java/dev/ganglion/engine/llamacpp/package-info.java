/**
 * Runs GGUF models with llama.cpp, in this process and on the CPU.
 *
 * <h2>Before a model is loaded</h2>
 *
 * {@link dev.ganglion.engine.llamacpp.LlamaLibrary} loads llama.cpp once in the process and knows
 * its functions and layouts. {@link dev.ganglion.engine.llamacpp.GgufFile} walks the outline of a
 * model file and says whether all of it is there. What the library says while it loads is caught by
 * {@link dev.ganglion.engine.llamacpp.LibraryLog}.
 *
 * <h2>A model and its streams</h2>
 *
 * {@link dev.ganglion.engine.llamacpp.LlamaModel} holds the weights; each stream is a {@link
 * dev.ganglion.engine.llamacpp.LlamaContext}, fed by a {@link
 * dev.ganglion.engine.llamacpp.LlamaTokenSession} or, for sentence vectors, a {@link
 * dev.ganglion.engine.llamacpp.LlamaEmbeddingSession}. {@link
 * dev.ganglion.engine.llamacpp.StopFlag} is what another thread cancels.
 */
@NullMarked
package dev.ganglion.engine.llamacpp;

import org.jspecify.annotations.NullMarked;
