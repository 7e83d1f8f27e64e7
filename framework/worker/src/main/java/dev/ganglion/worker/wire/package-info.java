/**
 * What the two processes say to each other, and the memory that they share. Both sides run these
 * classes.
 *
 * <p>Each {@link dev.ganglion.worker.wire.Connection} is a Unix socket; the worker listens, the
 * framework connects. Its first request says what it is for:
 *
 * <ul>
 *   <li>{@code LOAD}: the {@link dev.ganglion.worker.wire.LoadRequest}; the answer is the tensors
 *       of the model. Once, and first.
 *   <li>{@code OPEN}: the number of a new session. The connection then belongs to that session, and
 *       closing it closes the session.
 * </ul>
 *
 * <p>A request is {@code operation, epoch, argument, extra bytes}, an answer {@code status,
 * position, flags, extra bytes}: four 32-bit numbers in native order, then the extra bytes. After
 * OPEN, a session is asked one thing at a time:
 *
 * <ul>
 *   <li>{@code RUN}: all inputs that were ever written are copied into the engine's, one step is
 *       run, all outputs are copied back. Extra: places of inputs that moved or changed their
 *       shape; of the answer: the same for outputs.
 *   <li>{@code FEED}: the argument says how many tokens, which lie where input number {@code
 *       inputs.size()} was placed; the logits come back as output number {@code outputs.size()}.
 *   <li>{@code REWIND}: the argument is the position.
 * </ul>
 *
 * The epoch counts resets: a request of a later epoch resets the session first. An answer whose
 * status is not 0 carries a {@link dev.ganglion.worker.wire.Failure}.
 *
 * <p>Tensors lie in {@link dev.ganglion.worker.wire.SharedMemory}: the framework places inputs, the
 * worker places outputs, each in files of its own that the other side maps and unlinks. A place is
 * {@code tensor number, area, area bytes, offset, capacity, axes, sizes...}.
 *
 * <p>Cancelling goes past the session's connection, over the worker's standard input: {@code
 * session, epoch}. A pipe, because writing to it cannot be broken by interrupting the thread, as a
 * channel is. Its end is the end of the framework, and of the worker with it. The worker's sign of
 * life is a counter in shared memory.
 */
@NullMarked
package dev.ganglion.worker.wire;

import org.jspecify.annotations.NullMarked;
