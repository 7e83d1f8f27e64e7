package dev.ganglion.engine.onnxruntime;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.model.ModelPackage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a causal language model with explicit keys and values takes and gives: {@code input_ids [1,
 * n]}, maybe {@code position_ids [1, n]} and {@code attention_mask [1, past + n]}, and for each
 * layer {@code past_key_values.i.key} and {@code .value [1, heads, past, size]}; {@code logits [1,
 * n or 1, vocabulary]} and {@code present.i.key} and {@code .value [1, heads, past + n, size]}.
 *
 * <p>One that is conditioned takes {@code encoder_hidden_states} too, and when it has keys and
 * values of them as well, {@code past_key_values.i.encoder.key} and {@code .value} beside those of
 * {@code .decoder.}, {@code use_cache_branch [1]} says whether they are there or to be computed.
 *
 * @param ids {@code input_ids}
 * @param positions {@code position_ids}, null when the model counts for itself
 * @param mask {@code attention_mask}, null when the model needs none
 * @param hidden {@code encoder_hidden_states}, null when the model is not conditioned
 * @param hasSwitch whether it takes {@code use_cache_branch}
 * @param logits {@code FLOAT32[vocabulary]}, after the last token
 * @param logitsRank how many axes the model's logits have, 2 or 3
 * @param logitsOfAll whether the model gives logits after each token, not only after the last
 * @param layers keys and values of the tokens
 * @param crossLayers keys and values of what conditions them
 * @param capacity how many tokens fit
 */
record TokenSignature(
        TensorSpec ids,
        @Nullable TensorSpec positions,
        @Nullable TensorSpec mask,
        @Nullable TensorSpec hidden,
        boolean hasSwitch,
        TensorSpec logits,
        int logitsRank,
        boolean logitsOfAll,
        List<OnnxModel.State> layers,
        List<OnnxModel.State> crossLayers,
        int capacity) {
    static final String IDS = "input_ids";
    static final String LOGITS = "logits";
    static final String HIDDEN = "encoder_hidden_states";
    static final String SWITCH = "use_cache_branch";
    private static final String CROSS = ".encoder.";
    private static final String POSITIONS = "position_ids";
    private static final String MASK = "attention_mask";

    /**
     * @param inputs all but the state
     * @param logits as the file gives them
     * @throws GanglionException of kind SETUP when the model is not of this form
     */
    static TokenSignature of(
            ModelPackage source,
            List<TensorSpec> inputs,
            TensorSpec logits,
            List<OnnxModel.State> layers,
            int capacity) {
        @Nullable TensorSpec ids = null;
        @Nullable TensorSpec positions = null;
        @Nullable TensorSpec mask = null;
        @Nullable TensorSpec hidden = null;
        boolean hasSwitch = false;
        for (TensorSpec input : inputs) {
            switch (input.name()) {
                case IDS -> ids = input;
                case POSITIONS -> positions = input;
                case MASK -> mask = input;
                case HIDDEN -> {
                    hidden = input;
                    continue;
                }
                case SWITCH -> {
                    if (input.type() != Tensor.Type.BOOL || !input.shape().equals(List.of(1L))) {
                        throw wrong(source, SWITCH + " BOOL[1], but its input is " + input);
                    }
                    hasSwitch = true;
                    continue;
                }
                default -> throw wrong(source, "no input but " + input);
            }
            boolean whole = input.type() == Tensor.Type.INT64 || input.type() == Tensor.Type.INT32;
            if (!whole || !isOneOrAny(input.shape(), 2)) {
                throw wrong(source, "whole numbers [1, -1], but its input is " + input);
            }
        }
        List<OnnxModel.State> ofTokens = new ArrayList<>();
        List<OnnxModel.State> ofHidden = new ArrayList<>();
        for (OnnxModel.State layer : layers) {
            (layer.input().name().contains(CROSS) ? ofHidden : ofTokens).add(layer);
            List<Long> shape = layer.input().shape();
            if (!isOneOrAny(shape, 4)
                    || shape.get(1) == TensorSpec.ANY
                    || shape.get(2) != TensorSpec.ANY
                    || shape.get(3) == TensorSpec.ANY) {
                throw wrong(source, "[1, heads, -1, size], but a state is " + layer.input());
            }
        }
        if (hasSwitch != !ofHidden.isEmpty() || (hidden == null && hasSwitch)) {
            throw wrong(
                    source,
                    HIDDEN
                            + ", "
                            + SWITCH
                            + " and keys and values of '"
                            + CROSS
                            + "' together, or none of them, but its inputs are "
                            + inputs
                            + " and "
                            + ofHidden.size()
                            + " such keys and values");
        }
        List<Long> shape = logits.shape();
        int rank = shape.size();
        long vocabulary = rank == 0 ? TensorSpec.ANY : shape.get(rank - 1);
        long rows = rank == 3 ? shape.get(1) : 1;
        if (logits.type() != Tensor.Type.FLOAT32
                || !(isOneOrAny(shape, 2) || isOneOrAny(shape, 3))
                || vocabulary == TensorSpec.ANY
                || (rows != TensorSpec.ANY && rows != 1)) {
            throw wrong(source, "FLOAT32[1, -1, vocabulary], but its output is " + logits);
        }
        if (ids == null) {
            throw wrong(source, "the input " + IDS + ", but none is listed");
        }
        return new TokenSignature(
                ids,
                positions,
                mask,
                hidden,
                hasSwitch,
                TensorSpec.of(LOGITS, Tensor.Type.FLOAT32, "1", vocabulary),
                rank,
                rows == TensorSpec.ANY,
                ofTokens,
                ofHidden,
                capacity);
    }

    /** {@return the number of ids} */
    int vocabulary() {
        return Math.toIntExact(logits.shape().get(0));
    }

    private static boolean isOneOrAny(List<Long> shape, int rank) {
        return shape.size() == rank && (shape.get(0) == 1 || shape.get(0) == TensorSpec.ANY);
    }

    private static GanglionException wrong(ModelPackage source, String what) {
        return new GanglionException(
                Kind.SETUP,
                "model "
                        + source.id()
                        + " is a language model of a form that the engine onnxruntime does not run:"
                        + " expected "
                        + what
                        + "; export it with input_ids, position_ids, attention_mask,"
                        + " past_key_values.i.key and .value, logits, present.i.key and .value");
    }
}
