package dev.ganglion.runtime.model;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelId;
import java.util.List;
import java.util.Set;

/**
 * Writes tokens into the inputs of an encoder model, which go by the names that Hugging Face's
 * exporters give them: {@code input_ids} the ids, {@code attention_mask} ones, {@code
 * token_type_ids} zeros, {@code position_ids} 0, 1, 2… Each is {@code INT32} or {@code INT64} of
 * {@code [1, tokens]}. A model of fixed length is padded with zeros. Allocates nothing once a
 * length was seen. One thread.
 */
public final class TokenInputs {
    private static final String IDS = "input_ids";
    private static final String MASK = "attention_mask";
    private static final String POSITIONS = "position_ids";
    private static final Set<String> NAMES = Set.of(IDS, MASK, "token_type_ids", POSITIONS);

    private final ModelId model;
    private final List<TensorSpec> inputs;
    private final Session session;
    private long[][] shapes = new long[0][];

    /**
     * For one session.
     *
     * @param inputs what the model takes; {@link #fits} must hold
     */
    public TokenInputs(ModelId model, List<TensorSpec> inputs, Session session) {
        this.model = model;
        this.inputs = inputs;
        this.session = session;
    }

    /** {@return whether a model with these inputs reads tokens} */
    public static boolean fits(List<TensorSpec> inputs) {
        return inputs.stream().anyMatch(input -> input.name().equals(IDS))
                && inputs.stream()
                        .allMatch(
                                input ->
                                        NAMES.contains(input.name())
                                                && (input.type() == Tensor.Type.INT32
                                                        || input.type() == Tensor.Type.INT64)
                                                && input.shape().size() == 2);
    }

    /**
     * Writes all tokens.
     *
     * @throws GanglionException of kind INPUT when there are more than the model takes
     */
    public void write(Tokens tokens) {
        for (int i = 0; i < inputs.size(); i++) {
            write(inputs.get(i), tokens);
        }
    }

    private void write(TensorSpec spec, Tokens tokens) {
        int size = tokens.size();
        long fixed = spec.shape().get(1);
        if (fixed != TensorSpec.ANY && size > fixed) {
            throw new GanglionException(
                    Kind.INPUT,
                    "a text of "
                            + size
                            + " tokens is longer than the "
                            + fixed
                            + " that model "
                            + model
                            + " takes; shorten it, or say truncate=true on encode:");
        }
        int length = fixed == TensorSpec.ANY ? size : (int) fixed;
        Tensor tensor = session.input(spec.name(), shape(length));
        boolean ids = spec.name().equals(IDS);
        boolean mask = spec.name().equals(MASK);
        boolean positions = spec.name().equals(POSITIONS);
        boolean wide = tensor.type() == Tensor.Type.INT64;
        for (int i = 0; i < length; i++) {
            int value = i >= size ? 0 : ids ? tokens.id(i) : mask ? 1 : positions ? i : 0;
            if (wide) {
                tensor.longs().put(i, value);
            } else {
                tensor.ints().put(i, value);
            }
        }
    }

    /** One array per length, kept: the length changes with every text. */
    private long[] shape(int length) {
        if (length >= shapes.length) {
            long[][] more = new long[Math.max(64, length + 1)][];
            System.arraycopy(shapes, 0, more, 0, shapes.length);
            shapes = more;
        }
        long[] shape = shapes[length];
        if (shape == null) {
            shape = new long[] {1, length};
            shapes[length] = shape;
        }
        return shape;
    }
}
