/**
 * What the framework costs, measured.
 *
 * <p>Per message: {@link dev.ganglion.it.bench.FrameworkOverhead} does the same work with the same
 * plug-ins through a {@link dev.ganglion.it.bench.PlainPipeline} and through a {@link
 * dev.ganglion.it.bench.RoutePipeline}; {@link dev.ganglion.it.bench.Tokenize} compares tokenizers;
 * {@link dev.ganglion.it.bench.Overhead} runs both and prints tables. Per process: {@link
 * dev.ganglion.it.bench.PlainMain} is the program without a framework, and {@link
 * dev.ganglion.it.bench.Processes} compares it with the command and with a peer.
 */
@NullMarked
package dev.ganglion.it.bench;

import org.jspecify.annotations.NullMarked;
