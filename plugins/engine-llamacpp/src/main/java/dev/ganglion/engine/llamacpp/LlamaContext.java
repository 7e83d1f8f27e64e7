package dev.ganglion.engine.llamacpp;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.binding.CMemory;
import java.lang.ref.Reference;

/**
 * One {@code llama_context}: the keys and values of one stream, and the memory of its steps. Used
 * by one thread at a time, but for its {@link StopFlag}.
 */
final class LlamaContext {
    private static final int ABORTED = 2;
    private static final int POOLING_MEAN = 1;

    /** What llama.cpp's own programs take: threads look for work this long before they sleep. */
    private static final int POLLING = 50;

    private final LlamaModel model;
    private final LlamaLibrary library;
    private final StopFlag stop;
    private final CMemory batch = CMemory.allocate(LlamaLibrary.BATCH_BYTES);
    private final CMemory ids;
    private final long address;
    private final long memory;
    private final long threadPool;

    /**
     * Allocates what the stream needs.
     *
     * @param contextTokens how many tokens it keeps
     * @param batchTokens how many go into one step
     * @param embedding whether it gives the mean of the tokens' vectors instead of logits
     * @throws GanglionException of kind SETUP when the model has no memory for a text to continue,
     *     of kind RETRY when there is no room
     */
    LlamaContext(
            LlamaModel model,
            StopFlag stop,
            int contextTokens,
            int batchTokens,
            boolean embedding) {
        this.model = model;
        this.stop = stop;
        library = model.library();
        ids = CMemory.allocate(Integer.BYTES * batchTokens);
        batch.bytes().putLong(LlamaLibrary.BATCH_IDS, ids.address());
        CMemory settings = CMemory.allocate(LlamaLibrary.CONTEXT_SETTINGS_BYTES);
        library.contextSettings.call(settings.address());
        settings.bytes()
                .putInt(LlamaLibrary.CONTEXT_TOKENS, contextTokens)
                .putInt(LlamaLibrary.BATCH_TOKENS, batchTokens)
                .putInt(LlamaLibrary.PHYSICAL_BATCH_TOKENS, batchTokens)
                .putInt(LlamaLibrary.MOST_SEQUENCES, 1)
                .putInt(LlamaLibrary.THREADS, model.threads())
                .putInt(LlamaLibrary.BATCH_THREADS, model.threads())
                .putLong(LlamaLibrary.ABORT_FUNCTION, StopFlag.function())
                .putLong(LlamaLibrary.ABORT_ARGUMENT, stop.argument())
                .put(LlamaLibrary.NO_PERFORMANCE, (byte) 1);
        if (embedding) {
            settings.bytes()
                    .putInt(LlamaLibrary.POOLING, POOLING_MEAN)
                    .put(LlamaLibrary.EMBEDDINGS, (byte) 1);
        } else {
            settings.bytes().putInt(LlamaLibrary.MOST_OUTPUTS, 1);
        }
        LibraryLog.listen();
        address = library.openContext.call(model.address(), settings.address());
        Reference.reachabilityFence(settings);
        if (address == 0) {
            throw new GanglionException(
                    Kind.RETRY,
                    "model "
                            + model.id()
                            + ": llama.cpp opened no session ("
                            + LibraryLog.heard()
                            + "); free memory and try again, or give it fewer contextTokens than "
                            + contextTokens);
        }
        memory = library.memory.call(address);
        if (memory == 0 && !embedding) {
            library.freeContext.call(address);
            throw new GanglionException(
                    Kind.SETUP,
                    "model "
                            + model.id()
                            + ": expected a causal transformer, found one that keeps nothing of the"
                            + " tokens before, as encoders and diffusion models do: it cannot"
                            + " continue a text; set its option embeddings to true for sentence"
                            + " vectors, or take another model");
        }
        threadPool = model.threads() > 1 ? attachThreads() : 0;
    }

    /** Otherwise the library would start threads anew for each step. */
    private long attachThreads() {
        CMemory settings = CMemory.allocate(LlamaLibrary.THREAD_POOL_BYTES);
        settings.bytes()
                .putInt(LlamaLibrary.POOL_THREADS, model.threads())
                .putInt(LlamaLibrary.POOL_POLLING, POLLING);
        long pool = library.newThreadPool.call(settings.address());
        Reference.reachabilityFence(settings);
        library.attachThreadPool.call(address, pool, pool);
        return pool;
    }

    /** Writes an id of the next step. */
    void put(int index, int id) {
        ids.bytes().putInt(Integer.BYTES * index, id);
    }

    /**
     * Computes the ids that were put.
     *
     * @throws GanglionException of kind REOPEN when cancelled or failed; what came in is undefined
     */
    void decode(int count) {
        batch.bytes().putInt(LlamaLibrary.BATCH_COUNT, count);
        long result = library.decode.call(address, batch.address());
        // It holds what C just read: the batch, its ids, and the flag.
        Reference.reachabilityFence(this);
        if (result != 0) {
            throw failure(result);
        }
    }

    private GanglionException failure(long result) {
        if (result == ABORTED) {
            stop.refuseWhenCancelled();
        }
        return new GanglionException(
                Kind.REOPEN,
                "a step of model "
                        + model.id()
                        + " failed in llama.cpp (code "
                        + result
                        + "); reset the session or open another, and log "
                        + LibraryLog.class.getName()
                        + " at debug to see what it says");
    }

    /** {@return where the numbers for the last token are; valid until the next step} */
    long logits() {
        return library.logitsOf.call(address, -1);
    }

    /** {@return where the mean of the vectors is; valid until the next step} */
    long embedding() {
        return library.embeddingOfSequence.call(address, 0);
    }

    /** Forgets all tokens from this position on; those before must be there. */
    void forgetFrom(int position) {
        if (memory == 0) {
            return;
        }
        if (position == 0) {
            library.clearMemory.call(memory, 0);
        } else if (library.removeFromMemory.call(memory, 0, position, -1) == 0) {
            throw new GanglionException(
                    Kind.REOPEN,
                    "model "
                            + model.id()
                            + " cannot forget its tokens from "
                            + position
                            + " on; reset the session");
        }
    }

    /** Frees it; to be called once. */
    void free() {
        library.freeContext.call(address);
        if (threadPool != 0) {
            library.freeThreadPool.call(threadPool);
        }
    }
}
