package dev.ganglion.runtime.flow;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Tensor;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.function.Consumer;

/**
 * An open feature extractor with the batch of its latest results. The extractor may reuse a result
 * for the next one, so each is copied into memory of this batch, which is reused from message to
 * message. One thread.
 */
public final class Features {
    private final FeatureSettings settings;
    private final UtteranceStage<Tensor, Tensor> stage;
    private final List<Tensor> memory = new ArrayList<>();
    private final List<Tensor> batch = new Batch();
    private final Consumer<Tensor> taker = this::keep;
    private int size;
    private boolean holding;
    private long heldSinceNanos;
    private long heldNanos;

    Features(FeatureSettings settings, Options options) {
        this.settings = settings;
        this.stage = new UtteranceStage<>(settings.extractor().open(options));
    }

    FeatureSettings settings() {
        return settings;
    }

    /**
     * Takes one tensor.
     *
     * @param last whether the utterance ends with it
     * @param capturedNanos when what it holds was captured
     */
    public void take(Tensor tensor, boolean last, long capturedNanos) {
        size = 0;
        stage.push(tensor, taker);
        if (last) {
            stage.flush(taker);
        }
        heldNanos = size > 0 && holding ? capturedNanos - heldSinceNanos : 0;
        if (size == 0 && !holding) {
            heldSinceNanos = capturedNanos;
        }
        holding = size == 0 && !last;
    }

    /** {@return for how long it gave nothing before the latest results} */
    public long heldNanos() {
        return heldNanos;
    }

    private void keep(Tensor result) {
        Tensor copy = size < memory.size() ? memory.get(size) : null;
        if (copy == null || copy.type() != result.type() || !sameShape(copy, result)) {
            copy = Tensor.allocate(result.type(), result.shape());
            if (size < memory.size()) {
                memory.set(size, copy);
            } else {
                memory.add(copy);
            }
        }
        copy.bytes().put(0, result.bytes(), 0, result.bytes().capacity());
        size++;
    }

    private static boolean sameShape(Tensor a, Tensor b) {
        if (a.rank() != b.rank()) {
            return false;
        }
        for (int axis = 0; axis < a.rank(); axis++) {
            if (a.size(axis) != b.size(axis)) {
                return false;
            }
        }
        return true;
    }

    /** {@return the results of the latest call, in order; overwritten by the next} */
    public List<Tensor> batch() {
        return batch;
    }

    /** Drops what a message that failed left in the extractor. */
    void forget() {
        holding = false;
        stage.forget();
    }

    void close() {
        stage.close();
    }

    /** The first results of the memory: a view that is made once, whatever their number. */
    private final class Batch extends AbstractList<Tensor> implements RandomAccess {
        @Override
        public Tensor get(int index) {
            return memory.get(Objects.checkIndex(index, size));
        }

        @Override
        public int size() {
            return size;
        }
    }
}
