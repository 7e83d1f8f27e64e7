/**
 * Runs ONNX models with ONNX Runtime, in this process and on the CPU.
 *
 * <h2>Before anything native happens</h2>
 *
 * {@link dev.ganglion.engine.onnxruntime.NativeLibrary} refuses to load ONNX Runtime where it would
 * call home or cannot run, and finds its files. {@link dev.ganglion.engine.onnxruntime.OnnxFile}
 * walks the outline of a model file and says which other files it would read; {@link
 * dev.ganglion.engine.onnxruntime.Weights} allows only those that the package lists.
 *
 * <h2>A model</h2>
 *
 * {@link dev.ganglion.engine.onnxruntime.OnnxRuntimeEngine} turns options into a session
 * configuration; {@link dev.ganglion.engine.onnxruntime.OnnxModel} holds the weights, agrees with
 * the card on every tensor ({@link dev.ganglion.engine.onnxruntime.Signature}), and knows whether
 * it is a causal language model, and whether an {@link dev.ganglion.engine.onnxruntime.Encoder}
 * conditions it.
 *
 * <h2>A stream</h2>
 *
 * {@link dev.ganglion.engine.onnxruntime.OnnxSession} runs one step over reused direct memory
 * ({@link dev.ganglion.engine.onnxruntime.ShapedMemory}); what belongs to one combination of input
 * shapes is kept in a {@link dev.ganglion.engine.onnxruntime.Binding}. {@link
 * dev.ganglion.engine.onnxruntime.OnnxTokenSession} feeds tokens into keys and values that are
 * handed over explicitly ({@link dev.ganglion.engine.onnxruntime.KeyValueCache}), conditioned on
 * what the encoder computed ({@link dev.ganglion.engine.onnxruntime.Conditioning}). {@link
 * dev.ganglion.engine.onnxruntime.RunControl} is what another thread cancels.
 */
@NullMarked
package dev.ganglion.engine.onnxruntime;

import org.jspecify.annotations.NullMarked;
