package dev.ganglion.runtime.flow;

import dev.ganglion.api.data.Stage;
import java.util.function.Consumer;

/**
 * A stage that knows whether it is within an utterance, so that a message that failed in a later
 * step leaves nothing behind for the next one.
 */
final class UtteranceStage<I, O> implements Stage<I, O> {
    private final Stage<I, O> stage;
    private boolean within;

    UtteranceStage(Stage<I, O> stage) {
        this.stage = stage;
    }

    @Override
    public void push(I item, Consumer<? super O> out) {
        within = true;
        stage.push(item, out);
    }

    @Override
    public void flush(Consumer<? super O> out) {
        within = false;
        stage.flush(out);
    }

    /** Drops what is held back; does nothing between two utterances. */
    void forget() {
        if (within) {
            flush(dropped -> {});
        }
    }

    @Override
    public void close() {
        stage.close();
    }
}
