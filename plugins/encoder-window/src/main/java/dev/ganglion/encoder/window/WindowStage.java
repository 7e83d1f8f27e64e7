package dev.ganglion.encoder.window;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import java.nio.FloatBuffer;
import java.util.function.Consumer;

/** One stream; allocates nothing after it was opened. */
final class WindowStage implements Stage<Tensor, Tensor> {
    private final Settings settings;
    private final String owner;
    private final TensorSpec input;
    private final float[] row;

    /**
     * The last rows, normalised, as a ring in the layout of the result: by rows one lane of whole
     * rows, by columns a lane for each column.
     */
    private final float[] ring;

    private final Tensor result;

    /** Where the next row goes, which is where the oldest one is. */
    private int next;

    /** How many rows until the next window. */
    private int missing;

    /** How many rows of the utterance were taken. */
    private long taken;

    WindowStage(Settings settings, String owner) {
        this.settings = settings;
        this.owner = owner;
        this.input = settings.input();
        this.row = new float[settings.columns];
        this.ring = new float[settings.length * settings.columns];
        TensorSpec output = settings.output();
        this.result =
                Tensor.allocate(output.type(), 1, output.shape().get(1), output.shape().get(2));
        forget();
    }

    @Override
    public void push(Tensor item, Consumer<? super Tensor> out) {
        boolean done = false;
        try {
            String mismatch = input.mismatch(item);
            if (mismatch != null) {
                throw new IllegalArgumentException(
                        owner + " takes rows of " + settings.columns + ": " + mismatch);
            }
            int rows = (int) item.size(0);
            for (int i = 0; i < rows; i++) {
                take(item.floats(), i * row.length);
                if (missing == 0) {
                    missing = settings.hop;
                    give(out);
                }
            }
            done = true;
        } finally {
            if (!done) {
                forget();
            }
        }
    }

    private void take(FloatBuffer values, int at) {
        values.get(at, row);
        taken++;
        int columns = row.length;
        int first = settings.isByColumns ? next : next * columns;
        int step = settings.isByColumns ? settings.length : 1;
        for (int column = 0; column < columns; column++) {
            float value = row[column];
            if (settings.isNormalised) {
                value = (value - settings.means[column]) / settings.deviations[column];
            }
            if (!Float.isFinite(value)) {
                throw refused(column);
            }
            ring[first + column * step] = value;
        }
        next = next + 1 == settings.length ? 0 : next + 1;
        missing--;
    }

    private GanglionException refused(int column) {
        return new GanglionException(
                Kind.INPUT,
                owner
                        + (settings.isNormalised
                                ? ": numbers that are finite once normalised are expected, found "
                                : ": finite numbers are expected, found ")
                        + row[column]
                        + " in row "
                        + taken
                        + " of the utterance, column "
                        + (column + 1)
                        + " of "
                        + row.length
                        + "; look at what the sensor gives, or let it fill the gap");
    }

    private void give(Consumer<? super Tensor> out) {
        FloatBuffer window = result.floats();
        int lane = settings.isByColumns ? settings.length : ring.length;
        int oldest = settings.isByColumns ? next : next * row.length;
        for (int at = 0; at < ring.length; at += lane) {
            window.put(at, ring, at + oldest, lane - oldest);
            window.put(at + lane - oldest, ring, at, oldest);
        }
        out.accept(result);
    }

    @Override
    public void flush(Consumer<? super Tensor> out) {
        forget();
    }

    private void forget() {
        next = 0;
        missing = settings.length;
        taken = 0;
    }
}
